namespace Mneme.Worker.Experiments;

/// <summary>How the next token is drawn: logits by temperature, the top k alone, softmax.</summary>
/// <param name="TopK">Tokens that may come; those that equal the last of them too.</param>
internal sealed record Sampling(double Temperature, int TopK)
{
    /// <summary>How likely each token is.</summary>
    public double[] Chances(ReadOnlySpan<float> logits)
    {
        var least = LeastOfTop(logits);
        var (chances, total) = (new double[logits.Length], 0.0);
        var most = double.NegativeInfinity;
        foreach (var logit in logits) most = Math.Max(most, logit);
        for (var i = 0; i < chances.Length; i++)
            if (logits[i] >= least)
                total += chances[i] = Math.Exp((logits[i] - most) / Temperature);
        foreach (ref var chance in chances.AsSpan()) chance /= total;
        return chances;
    }

    private float LeastOfTop(ReadOnlySpan<float> logits)
    {
        if (TopK >= logits.Length) return float.NegativeInfinity;
        var top = new PriorityQueue<float, float>(TopK);            // the least of them comes first
        foreach (var logit in logits)
            if (top.Count < TopK) top.Enqueue(logit, logit);
            else if (logit > top.Peek()) top.EnqueueDequeue(logit, logit);
        return top.Peek();
    }

    /// <param name="uniform">In [0, 1).</param>
    public static int Draw(ReadOnlySpan<double> chances, double uniform)
    {
        var (sum, last) = (0.0, 0);
        for (var i = 0; i < chances.Length; i++)
        {
            if (chances[i] == 0) continue;
            (sum, last) = (sum + chances[i], i);
            if (uniform < sum) return i;
        }
        return last;                // rounding may leave the sum below 1
    }
}
