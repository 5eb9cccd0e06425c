using System.CommandLine;
using Mneme.Coordinator.Api;

namespace Mneme.Coordinator.Cli.Cluster;

/// <summary><c>mneme experiment submit SPEC [--wait]</c>.</summary>
internal static class SubmitCommand
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    public static Command Build()
    {
        var (spec, packing, why) = (
            SpecArgument.Build(), new PackingOptions(), ClusterCommand.Why());
        var wait = new Option<bool>("--wait")
        {
            Description = "until it is finished, with a line whenever it is further",
        };
        var command = ServerOptions.Verb("submit", "Give an experiment to a cluster",
            async (parsed, client) =>
            {
                var path = parsed.GetRequiredValue(spec);
                var name = SpecArgument.Read(path).Name;
                var bytes = await File.ReadAllBytesAsync(path);
                var heard = await client.Order(
                    HttpMethod.Post, $"/v1/experiments{packing.Query(parsed)}",
                    parsed.GetRequiredValue(why), () => new ByteArrayContent(bytes));
                ClusterCommand.Done(client, heard);
                return parsed.GetValue(wait) ? await Wait(client, name) : 0;
            }, spec, wait, why);
        packing.AddTo(command);
        return command;
    }

    private static async Task<int> Wait(ApiClient client, string name)
    {
        using var stop = new StopSignals();
        for (var before = ""; !stop.Token.IsCancellationRequested;)
        {
            var now = (await client.Get(
                RemoteExperimentCommands.PathOf(name), ApiJson.Default.DescriptionBody)).Summary;
            if (Shown.Line(now) is var line && line != before) Console.WriteLine(Shown.Plain(line));
            before = line;
            if (now.State is "done" or "cancelled" or "stuck")
                return now.State == "done" ? 0 : UserError.Failed;
            await Pause(stop.Token);
        }
        Console.WriteLine($"{name} goes on without this command: see 'experiment status {name}'");
        return UserError.Failed;
    }

    private static async Task Pause(CancellationToken stop)
    {
        try { await Task.Delay(LookEvery, TimeProvider.System, stop); }
        catch (OperationCanceledException) { }
    }
}
