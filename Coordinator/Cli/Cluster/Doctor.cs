using Mneme.Messages;

namespace Mneme.Coordinator.Cli.Cluster;

/// <summary>One thing that was looked at.</summary>
internal sealed record Check(bool IsWell, string What, string Text)
{
    public override string ToString() => $"{(IsWell ? "ok  " : "BAD ")} {What}: {Text}";
}

/// <summary>What is wrong with a cluster, from what can be seen of it.</summary>
internal static class Doctor
{
    /// <summary>A leader shows its view every five seconds.</summary>
    private static readonly TimeSpan OldestView = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(15);

    /// <param name="age">Of the view; null: it came from the leader itself.</param>
    /// <param name="faults">Of the journal, by experiment.</param>
    public static IEnumerable<Check> Of(
        ClusterView view, TimeSpan? age, bool isInsecure,
        IReadOnlyDictionary<string, string[]> faults)
    {
        yield return new Check(
            true, "leader", $"{view.Leader.Node}, epoch {view.Leader.Epoch}, {view.Leader.Url}");
        yield return new Check(
            age is null || age <= OldestView, "lease",
            age is null ? "held now" : $"last seen {Shown.Seconds(age.Value)} ago");
        yield return Workers(view.Workers);
        yield return Named("beats", "none is silent", "silent",
            view.Workers.Where(worker => worker.State == "live")
                .Where(worker => worker.LastBeat > LongestSilence)
                .Select(worker => $"{worker.Node} for {Shown.Seconds(worker.LastBeat)}"));
        yield return Named("pool delay", $"none over {Shown.Seconds(LongestDelay)}",
            "too busy to answer",
            view.Workers.Where(worker => worker.PoolDelay > LongestDelay)
                .Select(worker => $"{worker.Node} {Shown.Seconds(worker.PoolDelay)}"));
        yield return Named("experiments", "none is stuck", "need a person",
            view.Experiments.Where(IsStuck).Select(Shown.Line));
        yield return Named("journal", $"{faults.Count} experiments read, no fault", "faults",
            faults.SelectMany(pair => pair.Value.Select(fault => $"{pair.Key}: {fault}")));
        yield return new Check(
            !isInsecure, "guard",
            isInsecure ? "the server was started with --insecure" : "TLS and tokens as they must");
    }

    private static Check Workers(IReadOnlyCollection<WorkerView> workers)
    {
        var live = workers.Count(worker => worker.State == "live");
        var others = workers.Where(worker => worker.State is "suspect")
            .Select(worker => worker.Node).ToList();
        return new Check(
            live > 0 && others.Count == 0, "workers",
            $"{live} live of {workers.Count}"
            + (others.Count > 0 ? $"; suspect: {string.Join(", ", others)}" : "")
            + (live == 0 ? "; start one with './mneme worker'" : ""));
    }

    private static bool IsStuck(ExperimentSummary one) =>
        one.State == "stuck" || one.Trouble is not null || one.Quarantined > 0;

    private static Check Named(
        string what, string well, string bad, IEnumerable<string> found)
    {
        var all = found.ToList();
        return new Check(
            all.Count == 0, what, all.Count == 0 ? well : $"{bad}: {string.Join("; ", all)}");
    }
}
