using System.Collections.Immutable;
using static Mneme.Coordinator.Api.Reach;
using static Mneme.Coordinator.Api.Roles;

namespace Mneme.Coordinator.Api;

/// <summary>The one place that says what can be asked, and by whom. What is not in here is denied.
/// </summary>
internal static class ApiRoutes
{
    private const string
        Get = "GET", Post = "POST", Delete = "DELETE",
        Experiment = "/v1/experiments/{target}", Node = "/v1/nodes/{target}",
        Wishes = "slots cohort_size segment_steps sharing", Reason = "why";

    public static ImmutableArray<ApiRoute> Table { get; } =
    [
        new(Get, "/healthz", Anyone, Nothing, "health", ClusterEndpoints.Health)
            { OnlyLeader = false },
        new(Get, "/v1/commands", Readers, Nothing, "commands", ClusterEndpoints.Commands)
            { OnlyLeader = false },
        new(Get, "/v1/leader", Readers, Nothing, "cluster leader", ClusterEndpoints.Leader)
            { OnlyLeader = false },
        new(Get, "/v1/cluster", Readers, Cluster, "cluster show", ClusterEndpoints.View),
        new(Get, "/v1/members", Readers, Cluster, "cluster members", ClusterEndpoints.Members),
        new(Get, "/v1/events", Readers, Cluster, "cluster events", ClusterEndpoints.Events),

        new(Get, "/v1/experiments", Readers, Cluster, "experiment list",
            ExperimentEndpoints.List),
        new(Post, "/v1/experiments", Submitters, Body, "experiment submit",
            ExperimentEndpoints.Submit, [.. Wishes.Split(' '), Reason]),
        new(Get, Experiment, Readers, Target, "experiment describe",
            ExperimentEndpoints.Describe),
        new(Get, $"{Experiment}/journal", Readers, Target, "journal tail",
            ExperimentEndpoints.Journal, "after", "at_most"),
        new(Get, $"{Experiment}/verify", Readers, Target, "journal verify",
            ExperimentEndpoints.Verify),
        new(Get, $"{Experiment}/results", Readers, Target, "experiment results",
            ResultEndpoints.List),
        new(Get, $"{Experiment}/results/{{**file}}", Readers, Target, "experiment download",
            ResultEndpoints.File),
        Order($"{Experiment}/pause", Target, "experiment pause"),
        Order($"{Experiment}/resume", Target, "experiment resume"),
        Order($"{Experiment}/stop", Target, "experiment stop"),
        Order($"{Experiment}/cancel", Target, "experiment cancel"),
        Order($"{Experiment}/retry", Target, "experiment retry"),

        Order($"{Node}/drain", Target, "cluster drain"),
        Order($"{Node}/undrain", Target, "cluster undrain"),
        Order($"{Node}/down", Target, "cluster down"),
        Order("/v1/failover", Cluster, "cluster failover"),

        new(Get, "/v1/tokens", Operator, Cluster, "cluster token list", TokenEndpoints.List),
        new(Post, "/v1/tokens", Operator, Cluster, "cluster token create",
            TokenEndpoints.Create, Reason),
        new(Delete, "/v1/tokens/{target}", Operator, Cluster, "cluster token revoke",
            TokenEndpoints.Revoke, Reason),
        new(Get, "/v1/operators/journal", Operator, Cluster, "journal operators",
            ClusterEndpoints.Operators, "after", "at_most"),
    ];

    /// <summary>Of every endpoint that moves blobs, whoever writes it.</summary>
    public static Needs Blobs { get; } = new(Movers, Nothing, OnlyLeader: false);

    // The verb is the last word of the path.
    private static ApiRoute Order(string path, Reach reach, string command) => new(
        Post, path, Operator, reach, command,
        asked => asked.Carry(path[(path.LastIndexOf('/') + 1)..]), Reason);
}
