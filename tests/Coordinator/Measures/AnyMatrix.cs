using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Mneme.Coordinator.Measures;

namespace Mneme.Tests.Coordinator.Measures;

/// <summary>Accuracies and matrices of them for properties.</summary>
internal static class AnyMatrix
{
    // Coarse, so that ties happen.
    public static Gen<double> Accuracy => Gen.Choose(0, 20).Select(part => part / 20.0);

    public static Gen<ImmutableArray<double>> Accuracies(int count) =>
        Accuracy.ArrayOf(count).Select(row => row.ToImmutableArray());

    public static Gen<ImmutableArray<ImmutableArray<double>>> Rows(int count, int sets) =>
        Accuracies(sets).ArrayOf(count).Select(rows => rows.ToImmutableArray());

    /// <summary>Of up to five sets, each visited in turn and then any of them again.</summary>
    public static Arbitrary<AccuracyMatrix> Matrix => (
        from sets in Gen.Choose(1, 5)
        from returns in Gen.Choose(0, sets - 1).ListOf()
        let visited = Enumerable.Range(0, sets).Concat(returns).ToImmutableArray()
        from rows in Rows(visited.Length, sets)
        from untrained in Accuracies(sets)
        select new AccuracyMatrix(rows, untrained, visited)).ToArbitrary();
}
