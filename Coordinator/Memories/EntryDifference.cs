using System.Collections.Immutable;

namespace Mneme.Coordinator.Memories;

/// <summary>Which entries a memory gained, lost and kept. An entry that is stored several times
/// counts as often.</summary>
public sealed record EntryDifference(
    ImmutableArray<string> Came, ImmutableArray<string> Went, ImmutableArray<string> Stayed)
{
    /// <summary>In the order of the memory in which they are.</summary>
    public static EntryDifference Between(
        IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        var (came, stayed) = Split(after, before);
        var (went, _) = Split(before, after);
        return new EntryDifference(came, went, stayed);
    }

    // Those that the other does not have, and those that it has.
    private static (ImmutableArray<string> Alone, ImmutableArray<string> Shared) Split(
        IReadOnlyList<string> entries, IReadOnlyList<string> other)
    {
        var left = other.CountBy(entry => entry).ToDictionary(one => one.Key, one => one.Value);
        var alone = ImmutableArray.CreateBuilder<string>();
        var shared = ImmutableArray.CreateBuilder<string>();
        foreach (var entry in entries)
        {
            var count = left.GetValueOrDefault(entry);
            left[entry] = count - 1;
            (count > 0 ? shared : alone).Add(entry);
        }
        return (alone.ToImmutable(), shared.ToImmutable());
    }
}
