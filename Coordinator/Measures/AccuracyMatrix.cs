using System.Collections.Immutable;

namespace Mneme.Coordinator.Measures;

/// <summary>R and b of one lane (Lopez-Paz and Ranzato 2017, GEM). Rows are visits and columns
/// are distinct sets, so that a set may come back; without a return, visit i trains set i. A NaN
/// stands for what was not evaluated, and makes null what would need it.</summary>
internal sealed class AccuracyMatrix
{
    /// <summary>Of a visit that trained every set.</summary>
    public const int AllSets = -1;

    private readonly ImmutableArray<ImmutableArray<double>> _rows;
    private readonly ImmutableArray<int> _learnedAt;

    /// <param name="rows">R[i,j]: accuracy on set j after visit i.   // [visit, set]</param>
    /// <param name="untrained">b[j]: accuracy on set j before any training.   // [set]</param>
    /// <param name="visited">The set that each visit trained, or <see cref="AllSets"/>.   //
    /// [visit]</param>
    public AccuracyMatrix(
        ImmutableArray<ImmutableArray<double>> rows, ImmutableArray<double> untrained,
        ImmutableArray<int> visited)
    {
        if (rows.IsEmpty || rows.Length != visited.Length)
            throw new ArgumentException("one row per visit, and at least one", nameof(rows));
        if (rows.Any(row => row.Length != untrained.Length))
            throw new ArgumentException("every row has one value per set", nameof(rows));
        var sets = Enumerable.Range(0, untrained.Length).ToArray();
        if (!visited.SelectMany(set => set == AllSets ? sets : [set]).Distinct().Order()
            .SequenceEqual(sets))
            throw new ArgumentException("every set is visited, and no other", nameof(visited));
        (_rows, Untrained) = (rows, untrained);
        _learnedAt = [.. sets.Select(set => visited.ToList()
            .FindIndex(trained => trained == set || trained == AllSets))];
    }

    /// <summary>Every set once, in the order of the columns.</summary>
    public AccuracyMatrix(
        ImmutableArray<ImmutableArray<double>> rows, ImmutableArray<double> untrained)
        : this(rows, untrained, [.. Enumerable.Range(0, rows.Length)]) { }

    public double this[int visit, int set] => _rows[visit][set];

    public ImmutableArray<double> Untrained { get; }

    public int Visits => _rows.Length;

    public IEnumerable<int> Sets => Enumerable.Range(0, Untrained.Length);

    public int LastVisit => Visits - 1;

    /// <summary>The first visit that trained the set.</summary>
    public int LearnedAt(int set) => _learnedAt[set];

    /// <summary>R[j,j]: the accuracy on a set when it had just been learned.</summary>
    public double WhenLearned(int set) => this[LearnedAt(set), set];

    /// <summary>Sets after which something else was trained: what could be forgotten.</summary>
    public IEnumerable<int> Earlier => Sets.Where(set => LearnedAt(set) < LastVisit);
}
