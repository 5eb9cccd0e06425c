using Mneme.Worker.Cohorts;

namespace Mneme.Worker.Experiments;

/// <summary>What was answered in a phase: sums over its questions, which are lane state.</summary>
internal sealed class Answers(Lanes lanes, LaneState state)
{
    private const int Width = 8;
    private const double Z = 1.959963984540054; // of a 95 % interval

    private readonly double[] sums = state.Add("answers", new double[lanes.Count * Width]);

    public void Clear() => Array.Clear(sums);

    public void Add(int lane, Answer answer)
    {
        var own = sums.AsSpan(lane * Width, Width);
        own[0]++;
        own[1] += answer.OfAnswer;
        own[2] += answer.IsTop ? 1 : 0;
        own[3] += answer.OfStored;
        own[4] += answer.OfObjects;
        own[5] += answer.SelectedShare;
        own[6] += answer.Searches;
        own[7] += answer.Sink;
    }

    /// <summary>In the schema's order, from p_answer on; NaN if nothing was asked.</summary>
    public double[] Of(int lane)
    {
        var own = sums.AsSpan(lane * Width, Width);
        var n = own[0];
        var top = own[2] / n;
        var (low, high) = Wilson(top, n);
        return
        [
            own[1] / n, top, low, high, own[3] / n, own[1] / own[3], own[3] / own[4],
            own[5] / n, own[6] / n, own[7] / n, n,
        ];
    }

    /// <summary>Wilson's interval of a share (1927).</summary>
    public static (double Low, double High) Wilson(double share, double n)
    {
        var middle = share + Z * Z / (2 * n);
        var half = Z * Math.Sqrt(share * (1 - share) / n + Z * Z / (4 * n * n));
        return ((middle - half) / (1 + Z * Z / n), (middle + half) / (1 + Z * Z / n));
    }
}

/// <param name="OfAnswer">Probability of the right object.</param>
/// <param name="OfStored">Of any object of the facts.</param>
/// <param name="OfObjects">Of any object at all.</param>
/// <param name="SelectedShare">Of tokens and heads of the active layers.</param>
/// <param name="Searches">In the memory, per token of the prompt.</param>
/// <param name="Sink">How much the last token attends to token 0, over all layers and heads.
/// </param>
internal sealed record Answer(
    double OfAnswer, bool IsTop, double OfStored, double OfObjects, double SelectedShare,
    double Searches, double Sink);
