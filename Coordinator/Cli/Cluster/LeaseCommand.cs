using System.CommandLine;
using System.Text.Json;
using Mneme.Coordinator.Api;
using Mneme.Messages;

namespace Mneme.Coordinator.Cli.Cluster;

/// <summary><c>mneme cluster lease explain NAME SEGMENT</c>: who was ever given a piece of work,
/// how each grant ended, and who has it now.</summary>
internal static class LeaseCommand
{
    public static Command Build() => new("lease", "Rights to compute") { Explain() };

    private static Command Explain()
    {
        var (name, segment) = (new Argument<string>("NAME"), new Argument<int>("SEGMENT"));
        return ServerOptions.Verb(
            "explain", "Every grant of a segment, and who holds it now",
            (parsed, client) => Explain(
                parsed.GetRequiredValue(name), parsed.GetRequiredValue(segment), client),
            name, segment);
    }

    private static async Task<int> Explain(string name, int segment, ApiClient client)
    {
        var heard = await client.Get("/v1/cluster");
        var workers = Shown.View(heard).Workers;
        string? holder = null;
        var grants = 0;
        await foreach (var happened in JournalCommand.All(name, 0, client))
        {
            if (!IsAbout(happened, segment)) continue;
            grants += happened.Kind == "segment-granted" ? 1 : 0;
            holder = happened.Kind == "segment-granted"
                ? happened.Payload.GetProperty("session").GetString() : null;
            Console.WriteLine(client.IsJson
                ? JsonSerializer.Serialize(happened, ApiJson.Default.JournalEvent)
                : Shown.Plain($"{happened.Sequence,8} {happened.Kind} {happened.Payload}"));
        }
        if (!client.IsJson)
            Console.WriteLine(holder is not null ? HeldBy(holder, workers)
                : grants > 0 ? "nobody holds it now" : "it was never granted");
        return 0;
    }

    private static bool IsAbout(JournalEvent happened, int segment) =>
        happened.Payload.ValueKind == JsonValueKind.Object
        && happened.Payload.TryGetProperty("segment", out var number)
        && number.GetInt32() == segment;

    private static string HeldBy(string session, IEnumerable<WorkerView> workers)
    {
        var worker = workers.FirstOrDefault(w => $"{w.Node}.{w.Incarnation}" == session);
        return worker is null
            ? $"held by {session}, which this leader has not heard: it goes to another when the "
                + "lease has run out"
            : $"held by {session}: {worker.State}, last heard {worker.LastBeat.TotalSeconds:0.0} s "
                + "ago";
    }
}
