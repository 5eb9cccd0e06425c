using Mneme.Results;

namespace Mneme.Coordinator.Export.SeedLayout;

/// <summary>The sequences that a trial was shown: <c>sequences</c>, an array (sequences, length)
/// for each set, and <c>switch_start_iter</c>, when it was first shown, counted in records of the
/// log: once for each sequence, as the published files have it, or once for each set, as their
/// README says.</summary>
internal static class SequencesPickle
{
    private const string Name = "sequences";

    /// <summary>Null for a family without sequences.</summary>
    public static PickleValue.Dict? Of(SeedTrial trial, bool readmeShapes)
    {
        var starts = Starts(trial).ToList();
        if (starts.Count == 0) return null;
        return new PickleValue.Dict
        {
            [Name] = new PickleValue.List(starts.Select(start => (PickleValue)start.Sequences)),
            ["switch_start_iter"] = new PickleValue.List(starts.Select(start => readmeShapes
                ? (PickleValue)(long)start.Record
                : new PickleValue.List(Enumerable.Repeat(
                    (PickleValue)(long)start.Record, (int)start.Sequences.Shape[0])))),
        };
    }

    // Where a phase shows a set for the first time.
    private static IEnumerable<(int Record, NamedArray Sequences)> Starts(SeedTrial trial)
    {
        var known = new HashSet<int>();
        for (var record = 0; record < trial.Points.Length; record++)
        {
            var point = trial.Points[record];
            if (known.Add(trial.PhaseOf(point).Set)
                && trial.Records.Get(point, Name) is { } sequences)
                yield return (record, sequences);
        }
    }
}
