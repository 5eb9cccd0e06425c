using System.CommandLine;
using Mneme.Coordinator.Api;

namespace Mneme.Coordinator.Cli.Cluster;

/// <summary><c>mneme cluster doctor</c>: one line for each check; fails when one does.</summary>
internal static class DoctorCommand
{
    public static async Task<int> Run(ParseResult parsed, ApiClient client)
    {
        var heard = await client.Get("/v1/cluster");
        var view = Shown.View(heard);
        var faults = new Dictionary<string, string[]>();
        foreach (var experiment in view.Experiments)
            faults[experiment.Name] = (await client.Get(
                $"/v1/experiments/{Uri.EscapeDataString(experiment.Name)}/verify",
                ApiJson.Default.VerifyBody)).Faults;
        List<Check> checks =
        [
            new(true, "server", $"{client.Server} answers"),
            .. Doctor.Of(view, heard.Age, heard.IsInsecure, faults),
        ];
        foreach (var check in checks) Console.WriteLine(Shown.Plain($"{check}"));
        return checks.TrueForAll(check => check.IsWell) ? 0 : UserError.Failed;
    }
}
