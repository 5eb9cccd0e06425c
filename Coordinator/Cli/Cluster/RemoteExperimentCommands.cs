using System.CommandLine;
using Mneme.Coordinator.Api;

namespace Mneme.Coordinator.Cli.Cluster;

/// <summary><c>mneme experiment ...</c> for experiments that a cluster trains.</summary>
internal static class RemoteExperimentCommands
{
    public static IEnumerable<Command> Build() =>
    [
        SubmitCommand.Build(),
        ServerOptions.Verb("list", "Every experiment of the cluster", List),
        About("status", "How far an experiment is, in one line", Status),
        About("describe", "What is known of an experiment", Describe),
        Order("pause", "Stop it at its next checkpoint, to be resumed"),
        Order("resume", "Go on with it"),
        Order("stop", "Let what runs end, and begin nothing more"),
        Order("cancel", "Give up whatever of it is not done, for good"),
        Order("retry", "Try again what failed too often"),
        DownloadCommand.Build(),
    ];

    internal static string PathOf(string name) => $"/v1/experiments/{Uri.EscapeDataString(name)}";

    private static async Task<int> List(ParseResult parsed, ApiClient client)
    {
        var heard = await client.Get("/v1/experiments");
        return Shown.Print(client, heard, () => Shown.Experiments(
            heard.As(ApiJson.Default.ExperimentSummaryArray)));
    }

    private static Command About(
        string verb, string description, Func<DescriptionBody, IEnumerable<string>> inWords)
    {
        var name = new Argument<string>("NAME");
        return ServerOptions.Verb(verb, description, async (parsed, client) =>
        {
            var heard = await client.Get(PathOf(parsed.GetRequiredValue(name)));
            return Shown.Print(client, heard, () => inWords(
                heard.As(ApiJson.Default.DescriptionBody)));
        }, name);
    }

    private static IEnumerable<string> Status(DescriptionBody of) => [Shown.Line(of.Summary)];

    private static IEnumerable<string> Describe(DescriptionBody of) =>
    [
        Shown.Line(of.Summary),
        $"segments      {of.Summary.Committed}/{of.Summary.Segments} committed",
        $"trial-steps   {of.Summary.DoneTrialSteps:N0} of {of.Summary.TrialSteps:N0}",
        $"numerics      {of.Numerics}",
        .. of.Quarantined.Select(segment =>
            $"quarantine    segment {segment.Segment}: {segment.Cause}: {segment.Text}"),
        "", .. of.Spec.TrimEnd('\n').Split('\n'),
    ];

    private static Command Order(string verb, string description)
    {
        var (name, why) = (new Argument<string>("NAME"), ClusterCommand.Why());
        return ServerOptions.Verb(verb, description, async (parsed, client) =>
            ClusterCommand.Done(client, await client.Order(
                HttpMethod.Post, $"{PathOf(parsed.GetRequiredValue(name))}/{verb}",
                parsed.GetRequiredValue(why))), name, why);
    }
}
