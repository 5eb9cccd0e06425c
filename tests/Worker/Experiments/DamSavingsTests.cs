using System.Runtime.InteropServices;
using Mneme.Specs;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Experiments;
using Shouldly;
using Xunit;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>The second set is learned faster than the first: the description's figures for the
/// small size, as means over lanes, which differ much.</summary>
public sealed class DamSavingsTests
{
    private const int Phase = 500, Never = 501, Lanes = 16;

    [Fact]
    public void The_second_set_is_learned_faster_than_the_first()
    {
        var family = new Dam();
        using var bench = new Bench(family, [.. Enumerable.Range(0, Lanes).Select(seed =>
            Bench.Lane(family, (uint)seed, DamArithmeticTests.Sizes([12, 16, 64, 8, 16],
                ("learning_rate", new Real(3e-2)), ("init_std", new Real(.01)))))]);
        var first = Accuracies(bench);
        var (goals, firstTimes) = (Goals(bench), Times(bench, first));
        DamLaneTests.Switch(bench, "learn", Phase);
        var second = Accuracies(bench);

        Early(first).ShouldBe(.655, .03);               // [.613, .733] over twelve seeds
        Early(second).ShouldBe(.789, .03);              // [.710, .813]
        Times(bench, second).Average().ShouldBeLessThan(firstTimes.Average() - 50);
        firstTimes.ShouldAllBe(time => time > 150);
        goals.ShouldAllBe(goal => goal > .8 && goal < .88);
    }

    private static double Early(double[][] accuracies) =>
        accuracies.Average(lane => lane[50..100].Average());

    // 90 % of what is between chance and the best that is possible.
    private static double[] Goals(Bench bench) =>
        [.. bench.Measure("ceiling").Select(ceiling => .5 + .9 * (ceiling - .5))];

    /// <summary>Steps until a mean over 25 of them is above a lane's goal.</summary>
    private static int[] Times(Bench bench, double[][] accuracies) =>
        [.. accuracies.Zip(Goals(bench), (lane, goal) => Enumerable.Range(25, Phase - 24)
            .Where(end => lane[(end - 25)..end].Average() > goal).Append(Never).First())];

    /// <summary>Accuracy of every step of the next phase.   // [lane][step]</summary>
    private static double[][] Accuracies(Bench bench)
    {
        var all = Enumerable.Range(0, Lanes).Select(_ => new List<double>()).ToArray();
        for (var part = 0; part < Phase; part += TrainingLog.Window)
        {
            bench.Train(TrainingLog.Window);
            for (var k = 0; k < Lanes; k++)
                foreach (var hit in MemoryMarshal.Cast<byte, float>(bench.StateOf(k)["log/hits"]))
                    all[k].Add(hit);
        }
        return [.. all.Select(lane => lane.ToArray())];
    }
}
