using System.Collections.Immutable;

namespace Mneme.Coordinator.Measures;

/// <param name="Step">Training steps done before the evaluation.</param>
internal readonly record struct CurvePoint(long Step, double Accuracy);

/// <summary>Where one set was trained, from switch to switch. Both ends belong to it: an
/// evaluation at a switch ends one phase and, before the first step, begins the next.</summary>
internal readonly record struct PhaseSpan(long Start, long End)
{
    public long Length => End - Start;

    public bool Holds(long step) => Start <= step && step <= End;
}

/// <summary>The accuracy of one lane on one set over all its evaluations.</summary>
internal sealed class AccuracyCurve
{
    /// <param name="steps">Ascending, one evaluation each; where one overwrites another at a
    /// switch, that from before the training is kept.   // [point]</param>
    /// <param name="accuracies">   // [point]</param>
    public AccuracyCurve(IReadOnlyList<long> steps, IReadOnlyList<double> accuracies)
    {
        Points = [.. steps.Zip(accuracies, (step, accuracy) => new CurvePoint(step, accuracy))];
        if (steps.Count != accuracies.Count)
            throw new ArgumentException("one accuracy per step", nameof(accuracies));
        if (Points.Zip(Points.Skip(1)).Any(pair => pair.First.Step >= pair.Second.Step))
            throw new ArgumentException("steps ascend", nameof(steps));
    }

    public ImmutableArray<CurvePoint> Points { get; }
}
