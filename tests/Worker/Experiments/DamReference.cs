using System.Globalization;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>What one step of one lane of dam is given. Its memory holds every entry, duplicates
/// too.</summary>
internal sealed record DamProblem(
    double[][][] A, double[][] B, double[][] Memory, double[][] Batch, double Eta,
    bool IncludeFirst = false)
{
    public int Length => B[0].Length;

    public int Heads => B.Length;

    /// <summary>A number list that both C# and Python read.</summary>
    public static string Text(IEnumerable<double> values) => "["
        + string.Join(",", values.Select(x => x.ToString("R", CultureInfo.InvariantCulture)))
        + "]";
}

/// <summary>The answer: mean loss and accuracy, and gradients in the order of the logits.</summary>
internal sealed record DamSolution(double Loss, double Accuracy, double[] A, double[] B)
{
    /// <summary>dam.md word for word in double precision, derived by hand.</summary>
    public static DamSolution Of(DamProblem p)
    {
        var (gradientA, gradientB) = (new double[p.Length * p.Heads * p.Length], new double[
            p.Heads * p.Length]);
        if (p.Memory.Length == 0) return new(Math.Log(2), .5, gradientA, gradientB);
        var key = p.B.Select(row => Softmax(row)).ToArray();
        var phi = p.Memory.Select(m => key.Select(b => Dot(b, m)).ToArray()).ToArray();
        var keySlope = p.B.Select(row => new double[row.Length]).ToArray();
        var (loss, hits, start) = (0.0, 0, p.IncludeFirst ? 0 : 1);
        var terms = p.Batch.Length * (p.Length - start);
        for (var n = start; n < p.Length; n++)
        {
            var query = p.A[n].Select(row => Softmax(row[..n])).ToArray();
            var querySlope = p.A[n].Select(_ => new double[n]).ToArray();
            foreach (var zeta in p.Batch)
            {
                var hat = query.Select(a => Dot(a, zeta)).ToArray();
                var pi = Softmax([.. phi.Select(f => p.Eta * Dot(hat, f))]);
                var sum = pi.Zip(p.Memory, (x, m) => m[n] > 0 ? x : 0).Sum();
                var chance = Math.Clamp(sum, 1e-6, 1 - 1e-6);
                loss -= Math.Log(zeta[n] > 0 ? chance : 1 - chance) / terms;
                hits += chance > .5 == zeta[n] > 0 ? 1 : 0;
                if (chance != sum) continue;
                var slope = (zeta[n] > 0 ? -1 / chance : 1 / (1 - chance)) / terms;
                for (var m = 0; m < pi.Length; m++)
                for (var h = 0; h < p.Heads; h++)
                {
                    var s = p.Eta * slope * pi[m] * ((p.Memory[m][n] > 0 ? 1 : 0) - sum);
                    for (var i = 0; i < n; i++) querySlope[h][i] += s * phi[m][h] * zeta[i];
                    for (var i = 0; i < p.Length; i++)
                        keySlope[h][i] += s * hat[h] * p.Memory[m][i];
                }
            }
            for (var h = 0; h < p.Heads; h++)
                Through(query[h], querySlope[h]).CopyTo(gradientA, (n * p.Heads + h) * p.Length);
        }
        for (var h = 0; h < p.Heads; h++)
            Through(key[h], keySlope[h]).CopyTo(gradientB, h * p.Length);
        return new(loss, (double)hits / terms, gradientA, gradientB);
    }

    internal static double[] Softmax(double[] x)
    {
        var powers = x.Select(value => Math.Exp(value - x.Max())).ToArray();
        return [.. powers.Select(value => value / powers.Sum())];
    }

    private static double[] Through(double[] p, double[] slope) =>
        [.. p.Zip(slope, (x, g) => x * (g - Dot(p, slope)))];

    // Over the entries that both have: a query reads only the revealed bits.
    internal static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
