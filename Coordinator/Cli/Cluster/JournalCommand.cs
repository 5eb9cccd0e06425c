using System.CommandLine;
using System.Text.Json;
using Mneme.Coordinator.Api;

namespace Mneme.Coordinator.Cli.Cluster;

/// <summary><c>mneme journal verify NAME</c>: do events and tables of an experiment agree? And
/// <c>tail NAME</c>: the events themselves.</summary>
internal static class JournalCommand
{
    public static Command Build()
    {
        var name = new Argument<string>("NAME");
        return new Command("journal", "Look at what a cluster has written down")
        {
            Tail(),
            ServerOptions.Verb("verify", "Check an experiment's events and tables",
                (parsed, client) => Verify(parsed.GetRequiredValue(name), client), name),
        };
    }

    private static Command Tail()
    {
        var name = new Argument<string>("NAME");
        var after = WholeNumber.Option(
            "--after", "event number after which to begin (default: 0)", 0, int.MaxValue);
        return ServerOptions.Verb("tail", "Print an experiment's events, one a line",
            (parsed, client) => Tail(
                parsed.GetRequiredValue(name), parsed.GetValue(after) ?? 0, client), name, after);
    }

    private static async Task<int> Tail(string name, long after, ApiClient client)
    {
        await foreach (var happened in All(name, after, client))
            Console.WriteLine(client.IsJson
                ? JsonSerializer.Serialize(happened, ApiJson.Default.JournalEvent)
                : Shown.Plain($"{happened.Sequence,8} {happened.Kind} {happened.Payload}"));
        return 0;
    }

    /// <summary>Page by page, until there is no more.</summary>
    public static async IAsyncEnumerable<JournalEvent> All(
        string name, long after, ApiClient client)
    {
        var path = $"/v1/experiments/{Uri.EscapeDataString(name)}/journal?after=";
        while (await client.Get($"{path}{after}", ApiJson.Default.JournalBody) is
            { Events: [.., var last] } page && last.Sequence > after)
        {
            foreach (var happened in page.Events) yield return happened;
            after = last.Sequence;
        }
    }

    private static async Task<int> Verify(string name, ApiClient client)
    {
        var heard = await client.Get($"/v1/experiments/{Uri.EscapeDataString(name)}/verify");
        var faults = heard.As(ApiJson.Default.VerifyBody).Faults;
        Shown.Print(client, heard, () => faults.DefaultIfEmpty($"{name}: no fault"));
        return faults.Length == 0 ? 0 : UserError.Failed;
    }
}
