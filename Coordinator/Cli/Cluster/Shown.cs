using System.Globalization;
using System.Text;
using System.Text.Json;
using Mneme.Messages;

namespace Mneme.Coordinator.Cli.Cluster;

/// <summary>Answers on the screen: as they came, or in words.</summary>
internal static class Shown
{
    public static int Print(ApiClient client, Heard heard, Func<IEnumerable<string>> inWords)
    {
        if (client.IsJson) Console.WriteLine(Encoding.UTF8.GetString(heard.Json));
        else foreach (var line in inWords()) Console.WriteLine(Plain(line));
        return 0;
    }

    /// <summary>Whatever a server sent, a terminal does not obey it.</summary>
    public static string Plain(string line) =>
        string.Concat(line.Select(letter => char.IsControl(letter) ? '?' : letter));

    public delegate T Decoding<T>(ReadOnlySpan<byte> json);

    public static ClusterView View(Heard heard) => Understood(heard, ClusterViewCodec.Decode);

    public static T Understood<T>(Heard heard, Decoding<T> decode)
    {
        try { return decode(heard.Json); }
        catch (JsonException error) { throw Heard.NotUnderstood(error); }
    }

    public static IEnumerable<string> Workers(IReadOnlyList<WorkerView> workers) =>
        workers.Count == 0
            ? ["no workers"]
            : TextTable.Lines(
                ["node", "state", "slots", "free", "device", "last beat", "pool delay", "holds"],
                [.. workers.Select(Row)]);

    public static IEnumerable<string> Experiments(IReadOnlyList<ExperimentSummary> all) =>
        all.Count == 0
            ? ["no experiments"]
            : TextTable.Lines(
                ["experiment", "model", "state", "done", "trials", "running", "best"],
                [.. all.Select(Row)]);

    /// <summary><c>small: active, 25 %, trials 1/4 done, 2 running</c></summary>
    public static string Line(ExperimentSummary one) =>
        $"{one.Name}: {one.State}, {Share(one)}, trials {one.Finished}/{one.Trials} done, "
        + $"{one.Running} running"
        + (one.Diverged > 0 ? $", {one.Diverged} diverged" : "")
        + (one.Quarantined > 0 ? $", {one.Quarantined} segments in quarantine" : "")
        + (one.Best is { } best ? $", best {best}" : "")
        + (one.Trouble is { } trouble ? $"; {trouble}" : "");

    public static string Seconds(TimeSpan span) => string.Create(
        CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s");

    // Rounded down: what is not done is not 100 %.
    public static string Share(ExperimentSummary one)
    {
        var share = one.TrialSteps == 0 ? 1 : (double)one.DoneTrialSteps / one.TrialSteps;
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(100 * share)} %");
    }

    private static string[] Row(WorkerView worker) =>
    [
        worker.Node, worker.State, $"{worker.Slots}", $"{worker.Free}", worker.Device,
        Seconds(worker.LastBeat), Seconds(worker.PoolDelay),
        string.Join(" ", worker.Held.Select(held => $"{held.Experiment}#{held.Segment}")),
    ];

    private static string[] Row(ExperimentSummary one) =>
    [
        one.Name, one.Model, one.State, Share(one), $"{one.Finished}/{one.Trials}",
        $"{one.Running}", one.Best ?? "",
    ];
}
