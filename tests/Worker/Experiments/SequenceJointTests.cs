using Mneme.Specs;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Experiments;
using Mneme.Worker.Torch;
using Shouldly;
using Xunit;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>Phases of sequence-switch that train all sets together.</summary>
public sealed class SequenceJointTests
{
    private const int Sets = 3;

    [Fact]
    public void Batches_come_from_all_sets_alike_and_within_a_set_by_rank()
    {
        var data = Data(SequenceBench.Lane(1, ("distribution", new Text("zipf"))));
        var (bySet, byRank, places) = (new int[Sets], new int[16], new long[16]);
        for (var step = 0; step < 5000; step++)
        {
            data.Draw(0, step, places);
            foreach (var place in places) (bySet[place / 16], byRank[place % 16]) =
                (bySet[place / 16] + 1, byRank[place % 16] + 1);
        }

        var whole = Enumerable.Range(1, 16).Sum(i => 1.0 / i);
        bySet.ShouldAllBe(count => Math.Abs(count / 80e3 - 1 / 3.0) < .01);
        for (var i = 0; i < 16; i++) (byRank[i] / 80e3 * (i + 1)).ShouldBe(1 / whole, .05);
    }

    [Fact]
    public void What_is_shown_are_the_sequences_of_the_sets()
    {
        var data = Data(SequenceBench.Lane(3));
        var all = data.Set(0, PhaseStart.Joint).Bits;

        all.Count.ShouldBe(Sets * 16);
        for (var i = 0; i < all.Count; i++)
            all[i].SequenceEqual(data.Set(0, i / 16).Bits[i % 16]).ShouldBeTrue();
        data.Set(0, PhaseStart.Joint).Chances.Sum().ShouldBe(1, 1e-12);
    }

    [Fact]
    public void Every_set_is_known_afterwards()
    {
        using var joint = Joint(SequenceBench.Lane(0)).Train(900);

        foreach (var set in "ABC")
            joint.Measure($"set_accuracy.{set}").ShouldAllBe(accuracy => accuracy > .65);
        joint.Measure("ceiling").ShouldAllBe(ceiling => ceiling < .87);    // 48 sequences, not 16
    }

    [Fact]
    public void A_lane_and_its_points_do_not_depend_on_neighbours_or_cuts()
    {
        Lane[] lanes = [.. Enumerable.Range(0, 3).Select(k => SequenceBench.Lane((uint)k + 5,
            ("distribution", new Text(k == 1 ? "zipf" : "uniform")),
            ("learning_rate", new Real(1e-3 * (k + 1))), ("log_appearances", new Integer(4))))];
        using var fused = Joint(lanes).Train(20);
        using var alone = Joint(lanes[1]).Train(8);
        using var second = new SequenceBench(lanes[1]);
        second.Model.State.Load(
            [new([.. alone.Model.State.Save()],
                System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty)],
            [new(0, 0)]);
        second.SkipTo(8);
        second.Train(12);
        foreach (var (array, other) in fused.Records().Zip(second.Records()))
            array.Lane(1).Bytes.ToArray().ShouldBe(other.Bytes.ToArray(), array.Name);
        foreach (var (name, bytes) in second.StateOf(0))
            fused.StateOf(1)[name].ShouldBe(bytes, name);
    }

    private static SequenceBench Joint(params Lane[] lanes)
    {
        var bench = new SequenceBench(lanes);
        using var scope = new TensorScope();
        bench.Model.Begin(new PhaseStart(PhaseStart.Joint), step: 0);
        return bench;
    }

    private static SequenceData Data(Lane lane)
    {
        var data = new SequenceData(
            new Lanes([lane], Device.Cpu) { Sets = Sets }, new LaneState(1));
        data.Begin(PhaseStart.Joint, 0);
        return data;
    }
}
