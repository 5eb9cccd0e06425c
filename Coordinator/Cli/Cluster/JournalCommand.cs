using System.CommandLine;
using Mneme.Coordinator.Api;

namespace Mneme.Coordinator.Cli.Cluster;

/// <summary><c>mneme journal verify NAME</c>: do events and tables of an experiment agree?
/// </summary>
internal static class JournalCommand
{
    public static Command Build()
    {
        var name = new Argument<string>("NAME");
        return new Command("journal", "Look at what a cluster has written down")
        {
            ServerOptions.Verb("verify", "Check an experiment's events and tables",
                (parsed, client) => Verify(parsed.GetRequiredValue(name), client), name),
        };
    }

    private static async Task<int> Verify(string name, ApiClient client)
    {
        var heard = await client.Get($"/v1/experiments/{Uri.EscapeDataString(name)}/verify");
        var faults = heard.As(ApiJson.Default.VerifyBody).Faults;
        Shown.Print(client, heard, () => faults.DefaultIfEmpty($"{name}: no fault"));
        return faults.Length == 0 ? 0 : UserError.Failed;
    }
}
