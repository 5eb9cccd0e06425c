using System.Collections.Immutable;
using Mneme.Results;
using Mneme.Specs;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>What a lane of <see cref="SequenceSwitch"/> keeps beside the net it trains, for people:
/// how often it was shown each sequence, and the parts that its switches have saved.</summary>
internal static class SequenceMemory
{
    public static LaneMemory Of(
        int lane, SequenceData data, SequenceLog log, SequenceParameters parameters)
    {
        var counts = log.Appearances(lane).ToArray();
        var ranks = Enumerable.Range(0, counts.Length).Select(rank => (long)rank)
            .OrderByDescending(rank => counts[rank]).ToArray();
        var saves = parameters.Made(lane)
            .Select(save => new LaneSave(lane, save, parameters)).ToList();
        return new LaneMemory(
            [
                .. Appearances(data.Present[lane], log.Shown(lane), counts, ranks),
                .. saves.Count == 0 ? [("saved", "nothing yet")] : saves.SelectMany(s => s.Facts()),
            ],
            [
                NamedArray.Of<int>("appearances", counts, counts.Length),
                NamedArray.Of<long>("ranks_by_appearances", ranks, ranks.Length),
                .. saves.SelectMany(save => save.Arrays),
            ]);
    }

    // Counters begin again with each phase.
    private static IEnumerable<(string Name, string Value)> Appearances(
        long set, long shown, int[] counts, long[] ranks) =>
    [
        ("present set", set == PhaseStart.Apart ? "the probe's own, not counted" : $"{set}"),
        ("shown", $"{shown:N0} sequences in all phases"),
        ("appearances", $"{counts.Sum(count => (long)count):N0} in this phase, of "
            + $"{counts.Count(count => count > 0):N0} of {counts.Length:N0} sequences"),
        ("most seen", $"rank {ranks[0]}, {counts[ranks[0]]:N0} times"),
        ("least seen", $"rank {ranks[^1]}, {counts[ranks[^1]]:N0} times"),
    ];
}

/// <summary>One lane of a save.</summary>
internal sealed class LaneSave(int lane, SequenceSave save, SequenceParameters parameters)
{
    /// <summary>Each tensor of the save.</summary>
    public ImmutableArray<NamedArray> Arrays { get; } =
    [
        .. parameters.Weights.Select(weight => NamedArray.Of<float>(
            $"saved/{save.Name}/{weight.Name}", Values(save[weight.Name], lane),
            [.. weight.Shape])),
    ];

    public IEnumerable<(string Name, string Value)> Facts()
    {
        var set = save.Sets[lane];
        yield return ($"saved '{save.Name}'",
            (set == PhaseStart.Apart ? "trained by a probe" : $"trained on set {set}")
            + (parameters.Latest(lane) == save ? ", the newest" : ""));
        foreach (var part in parameters.Weights.Zip(Arrays).GroupBy(pair => pair.First.Part))
            yield return ($"  {save.Name}/{SequenceLearning.Name(part.Key)}",
                Size([.. part.Select(pair => pair.Second)]));
    }

    private static string Size(ImmutableArray<NamedArray> arrays)
    {
        var numbers = arrays.SelectMany(array => array.As<float>().ToArray()).ToList();
        var norm = Math.Sqrt(numbers.Sum(number => (double)number * number));
        return $"{arrays.Length} tensors, {numbers.Count:N0} numbers, norm {norm:G4}";
    }

    private static float[] Values(Tensor all, int lane)
    {
        using var scope = new TensorScope();
        return all.Select(0, lane).Contiguous().ToArray<float>();
    }
}
