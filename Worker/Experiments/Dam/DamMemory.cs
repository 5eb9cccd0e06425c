using System.Collections.Immutable;
using Mneme.Results;
using Mneme.Specs;
using Mneme.Worker.Memories;

namespace Mneme.Worker.Experiments;

/// <summary>What a lane of <see cref="Dam"/> stores, for people: the newest entry first.</summary>
internal static class DamMemory
{
    public static LaneMemory Of(int lane, int batch, DamData data, SequenceQueue? queue)
    {
        var entries = Entries(lane, data, queue);
        var contents = DamContents.Of(lane, data, queue);
        var present = data.Present[lane];
        var parts = data.Parts(present);
        var own = entries.Count(entry => parts.Contains(SetOf(entry, data)));
        var sequences = parts.Length * data.Sequences;
        var facts = ImmutableArray.Create(
            ("present set", present == PhaseStart.Joint ? PhaseStart.JointName : $"{present}"),
            ("fill", queue is null
                ? $"{entries.Length} sequences: the whole set, always"
                : $"{entries.Length} of {queue.Capacity} places"),
            ("distinct", $"{contents.Distinct} sequences"),
            ("of the present set", $"{contents.PresentShare * sequences:F0} of "
                + $"{sequences} sequences are stored, in {own} entries"));
        if (queue is not null && entries.Length > 0)
            facts = facts.Add(("age", $"0 to {entries.Length - 1} sequences, "
                + $"{(entries.Length - 1) / batch} steps"));
        return new LaneMemory(facts, Arrays(lane, entries, data))
        {
            Entries = [.. entries.Select(entry => Text(lane, entry, data))],
        };
    }

    private static long[] Entries(int lane, DamData data, SequenceQueue? queue)
    {
        if (queue is null)
            return [.. data.Parts(data.Present[lane]).SelectMany(set =>
                Enumerable.Range(0, data.Sequences).Select(i => set * data.Sequences + i))];
        var entries = queue.Entries(lane);
        Array.Reverse(entries);
        return entries;
    }

    private static ImmutableArray<NamedArray> Arrays(int lane, long[] entries, DamData data)
    {
        var bits = entries.SelectMany(entry => Text(lane, entry, data).Select(ValueOf)).ToArray();
        long[] Each(Func<long, int, long> value) => [.. entries.Select(value)];
        return
        [
            NamedArray.Of<sbyte>("bits", bits, entries.Length, data.Length),
            NamedArray.Of<long>("age", Each((_, place) => place), entries.Length),
            NamedArray.Of<long>("set", Each((entry, _) => SetOf(entry, data)), entries.Length),
            NamedArray.Of<long>("sequence", Each((entry, _) => entry == SequenceQueue.Zero
                ? SequenceQueue.Zero : entry % data.Sequences), entries.Length),
        ];
    }

    private static long SetOf(long entry, DamData data) =>
        entry == SequenceQueue.Zero ? SequenceQueue.Zero : entry / data.Sequences;

    private static string Text(int lane, long entry, DamData data) =>
        entry == SequenceQueue.Zero ? new string('0', data.Length) : data.Text(lane, entry);

    private static sbyte ValueOf(char bit) => bit switch { '+' => 1, '-' => -1, _ => 0 };
}
