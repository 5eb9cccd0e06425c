using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Mneme.Journal;
using Mneme.Messages;
using Mneme.Web;

namespace Mneme.Coordinator.Api;

/// <summary>What is asked of the cluster as a whole.</summary>
internal static class ClusterEndpoints
{
    private const int MostEvents = 1000;

    public static Task Health(Asked asked) =>
        Answer.Bytes(asked.Http, [.. "{\"healthy\":true}"u8]);

    public static Task View(Asked asked) =>
        Answer.Bytes(asked.Http, ClusterViewCodec.Encode(asked.Desk.View()));

    public static Task Members(Asked asked) =>
        Answer.Bytes(asked.Http, ClusterViewCodec.EncodeWorkers(asked.Desk.View()));

    public static Task Events(Asked asked) => asked.Server.Events.Answer(asked.Http);

    public static Task Leader(Asked asked) => asked.Desk.Leader is { } leader
        ? Answer.Bytes(asked.Http, ClusterViewCodec.Encode(leader))
        : asked.Fault(StatusCodes.Status503ServiceUnavailable,
            "no coordinator leads at the moment");

    public static Task Commands(Asked asked) => Answer.Json(
        asked.Http,
        [.. ApiRoutes.Table.Where(route => route.Roles != Roles.Anyone).Select(route =>
            new CommandBody(
                route.Command, route.Method, route.Path,
                [.. InPath(route), .. route.Query], route.Roles.Words()))],
        ApiJson.Default.CommandBodyArray);

    public static Task Operators(Asked asked) => Journal(asked, OperatorActed.Stream);

    /// <summary>A page of a stream.</summary>
    public static async Task Journal(Asked asked, string stream)
    {
        var after = asked.Whole("after", 0, int.MaxValue) ?? 0;
        var most = (int)(asked.Whole("at_most", 1, MostEvents) ?? MostEvents);
        var events = await asked.Desk.Events(stream, after, most);
        await Answer.Json(asked.Http, new JournalBody([.. events.Select(Shown)]),
            ApiJson.Default.JournalBody);
    }

    private static JournalEvent Shown(StreamEvent happened)
    {
        using var payload = JsonDocument.Parse(happened.Payload);
        return new JournalEvent(
            happened.Sequence, happened.Kind, payload.RootElement.Clone());
    }

    private static IEnumerable<string> InPath(ApiRoute route) => route.Path.Split('{')[1..]
        .Select(part => part.Split('}')[0].TrimStart('*'));
}
