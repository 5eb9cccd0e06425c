using System.Collections.Immutable;

namespace Mneme.Results;

/// <summary>What one lane's memory holds, for people and for files.</summary>
/// <param name="Facts">In the order in which they are shown.</param>
/// <param name="Arrays">Its content; the first array says most.</param>
public sealed record LaneMemory(
    ImmutableArray<(string Name, string Value)> Facts, ImmutableArray<NamedArray> Arrays)
{
    /// <summary>What stands in each row of the arrays: equal texts are equal entries, whatever
    /// their place. Empty for a memory that is made of weights.</summary>
    public ImmutableArray<string> Entries { get; init; } = [];
}
