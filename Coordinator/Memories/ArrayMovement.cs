using Mneme.Results;

namespace Mneme.Coordinator.Memories;

/// <summary>How far an array moved. NaN where a number is not finite on either side.</summary>
/// <param name="Greatest">The largest change of one element.</param>
/// <param name="RootMeanSquare">Of all changes.</param>
public sealed record ArrayMovement(string Name, double Greatest, double RootMeanSquare)
{
    /// <summary>Null when shapes or types differ: then nothing can be said.</summary>
    public static ArrayMovement? Between(NamedArray before, NamedArray after)
    {
        if (before.Type != after.Type || !before.Shape.SequenceEqual(after.Shape)) return null;
        var (greatest, squares) = (0.0, 0.0);
        var count = ArrayNumbers.Count(before);
        for (var i = 0; i < count; i++)
        {
            var change = Math.Abs(ArrayNumbers.At(after, i) - ArrayNumbers.At(before, i));
            if (!double.IsFinite(change)) change = double.NaN;
            (greatest, squares) = (Math.Max(greatest, change), squares + change * change);
        }
        return new ArrayMovement(
            before.Name, greatest, count == 0 ? 0 : Math.Sqrt(squares / count));
    }
}
