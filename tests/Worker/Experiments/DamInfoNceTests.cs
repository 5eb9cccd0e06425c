using Mneme.Specs;
using Mneme.Worker.Experiments;
using Shouldly;
using Xunit;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>The variant that names the sequence, against its formula in double precision.</summary>
public sealed class DamInfoNceTests
{
    [Theory]
    [InlineData(6, new[] { 6, 7, 1, 3, 5 }, 3.0, 1.0)]
    [InlineData(2, new[] { 9, 12, 1, 1, 4 }, 10.0, .1)]
    [InlineData(5, new[] { 4, 2, 1, 4, 8 }, 1.0, .5)]
    public void Loss_and_gradients_are_those_of_naming_the_sequence(
        uint seed, int[] sizes, double eta, double deviation)
    {
        using var trace = new DamTrace(seed, DamArithmeticTests.Sizes(sizes,
            ("variant", new Text("infonce")), ("eta", new Real(eta)),
            ("init_std", new Real(deviation))));
        for (var i = 0; i < 3; i++)
        {
            var given = trace.Problem();
            var set = Set(seed, sizes[1], sizes[0]);
            var found = trace.Step();

            found.Loss.ShouldBe(Loss(given, set), 1e-5);
            ShouldBeSlopes(found.A, given.A.SelectMany(n => n), () => Loss(given, set));
            ShouldBeSlopes(found.B, given.B, () => Loss(given, set));
        }
    }

    // Central differences: nothing is derived by hand.
    private static void ShouldBeSlopes(
        double[] found, IEnumerable<double[]> weights, Func<double> loss)
    {
        const double width = 1e-5;
        var at = 0;
        foreach (var row in weights)
            for (var i = 0; i < row.Length; i++)
            {
                var before = row[i];
                row[i] = before + width;
                var above = loss();
                row[i] = before - width;
                var slope = (above - loss()) / (2 * width);
                row[i] = before;
                found[at++].ShouldBe(slope, 1e-5 + 1e-4 * Math.Abs(slope));
            }
        at.ShouldBe(found.Length);
    }

    private static double Loss(DamProblem p, double[][] set)
    {
        var key = p.B.Select(DamSolution.Softmax).ToArray();
        var phi = set.Select(row => key.Select(b => DamSolution.Dot(b, row)).ToArray()).ToArray();
        return Enumerable.Range(1, p.Length - 1).Average(n =>
        {
            var query = p.A[n].Select(row => DamSolution.Softmax(row[..n])).ToArray();
            return p.Batch.Average(zeta =>
            {
                var hat = query.Select(a => DamSolution.Dot(a, zeta)).ToArray();
                var chance = DamSolution.Softmax(
                    [.. phi.Select(f => p.Eta * DamSolution.Dot(hat, f))]);
                return -Math.Log(chance[Array.FindIndex(set, row => row.SequenceEqual(zeta))]);
            });
        });
    }

    private static double[][] Set(uint seed, int count, int length)
    {
        var set = SequenceSet.Draw(
            Mneme.Random.RandomStream.Named(seed, "data/set"), 0, count, length);
        return [.. Enumerable.Range(0, count).Select(i =>
            Enumerable.Range(0, length).Select(n => (double)set[i, n]).ToArray())];
    }
}
