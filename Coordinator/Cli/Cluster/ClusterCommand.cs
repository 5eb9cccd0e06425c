using System.CommandLine;
using Mneme.Coordinator.Api;
using Mneme.Messages;

namespace Mneme.Coordinator.Cli.Cluster;

/// <summary><c>mneme cluster ...</c>: the cluster as its leader sees it, and orders to it.
/// </summary>
internal static class ClusterCommand
{
    public static Command Build() => new("cluster", "Look at a cluster and give it orders")
    {
        ServerOptions.Verb("show", "The leader, the workers and the experiments", Show),
        ServerOptions.Verb("members", "The workers", Members),
        ServerOptions.Verb("leader", "Who leads", Leader),
        ServerOptions.Verb("events", "Every change as it happens, until Ctrl-C", EventLines.Run),
        NodeOrder("drain", "Let a worker end what it does and take no more"),
        NodeOrder("undrain", "Give a drained worker work again"),
        NodeOrder("down", "Take a worker's work away at once, whatever it does"),
        Failover(),
        ServerOptions.Verb("doctor", "Check the cluster, one line a check", DoctorCommand.Run),
        TokenCommands.Join(),
        TokenCommands.Build(),
        LeaseCommand.Build(),
    };

    internal static Option<string> Why() => new("--why")
    {
        Description = "the reason, for the journal", DefaultValueFactory = _ => "",
    };

    internal static int Done(ApiClient client, Heard heard) => Shown.Print(
        client, heard, () => [heard.As(ApiJson.Default.DoneBody).Done]);

    private static async Task<int> Show(ParseResult parsed, ApiClient client)
    {
        var heard = await client.Get("/v1/cluster");
        return Shown.Print(client, heard, () => Lines(Shown.View(heard), heard));
    }

    private static IEnumerable<string> Lines(ClusterView view, Heard heard) =>
    [
        $"leader {view.Leader.Node}, epoch {view.Leader.Epoch}, {view.Leader.Url}",
        .. heard.Age is { } age ? [$"as a lighthouse saw it {age.TotalSeconds:0} s ago"] : None,
        .. heard.IsInsecure ? ["INSECURE: the server was started with --insecure"] : None,
        "", .. Shown.Workers(view.Workers),
        "", .. Shown.Experiments(view.Experiments),
    ];

    private static string[] None => [];

    private static async Task<int> Members(ParseResult parsed, ApiClient client)
    {
        var heard = await client.Get("/v1/members");
        return Shown.Print(client, heard, () => Shown.Workers(
            Shown.Understood(heard, ClusterViewCodec.DecodeWorkers)));
    }

    private static async Task<int> Leader(ParseResult parsed, ApiClient client)
    {
        var heard = await client.Get("/v1/leader");
        return Shown.Print(client, heard, () =>
        {
            var leader = Shown.Understood(heard, ClusterViewCodec.DecodeLeader);
            return [$"{leader.Node}, epoch {leader.Epoch}, {leader.Url}"];
        });
    }

    private static Command NodeOrder(string verb, string description)
    {
        var (node, why) = (new Argument<string>("NODE"), Why());
        var command = ServerOptions.Verb(verb, description, async (parsed, client) =>
            Done(client, await client.Order(
                HttpMethod.Post,
                $"/v1/nodes/{Uri.EscapeDataString(parsed.GetRequiredValue(node))}/{verb}",
                parsed.GetRequiredValue(why))), node, why);
        if (verb == "drain") command.Aliases.Add("leave");
        return command;
    }

    private static Command Failover()
    {
        var why = Why();
        return ServerOptions.Verb("failover", "Let a standby take over the lead",
            async (parsed, client) => Done(client, await client.Order(
                HttpMethod.Post, "/v1/failover", parsed.GetRequiredValue(why))), why);
    }
}
