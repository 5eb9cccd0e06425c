using Mneme.Results;
using Mneme.Specs;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Torch;
using Shouldly;
using Xunit;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>What the memory of a lane of sequence-switch tells.</summary>
public sealed class SequenceMemoryTests
{
    [Fact]
    public void Appearances_are_those_of_the_records_and_add_up_to_what_was_shown()
    {
        using var bench = SequenceBench.Small(2, ("distribution", new Text("zipf"))).Train(30);

        var memory = Of(bench, lane: 1);

        var counts = Array(memory, "appearances").As<int>().ToArray();
        counts.ShouldBe(Array(bench.Records(), "appearances").Lane(1).As<int>().ToArray());
        counts.Sum().ShouldBe(30 * 16);
        var ranks = Array(memory, "ranks_by_appearances").As<long>().ToArray();
        ranks.Select(rank => counts[rank]).ShouldBe(counts.OrderDescending());
        ranks.Order().ShouldBe(Enumerable.Range(0, 16).Select(rank => (long)rank));
        Fact(memory, "most seen").ShouldBe($"rank {ranks[0]}, {counts.Max()} times");
        Fact(memory, "least seen").ShouldEndWith($", {counts.Min()} times");
        Fact(memory, "saved").ShouldBe("nothing yet");
    }

    [Fact]
    public void A_switch_clears_the_counters_of_the_phase_and_not_that_of_all()
    {
        using var bench = SequenceBench.Small(1).Train(30).Switch("redraw", 1).Train(10);

        var memory = Of(bench, lane: 0);

        Fact(memory, "present set").ShouldBe("1");
        Fact(memory, "shown").ShouldBe("640 sequences in all phases");
        Fact(memory, "appearances").ShouldStartWith("160 in this phase");
        bench.Switch("probe", PhaseStart.Apart, null, ("sequences", new Integer(9))).Train(5);
        Fact(Of(bench, 0), "present set").ShouldBe("the probe's own, not counted");
        Array(Of(bench, 0), "appearances").As<int>().ToArray().ShouldAllBe(count => count == 0);
    }

    [Fact]
    public void A_save_holds_each_part_of_its_own_lane_as_it_was()
    {
        using var bench = SequenceBench.Small(3).Train(20);
        var before = bench.StateOf(2);
        bench.Switch("redraw", 1, save: "first").Train(20);

        var memory = Of(bench, lane: 2);

        var saved = memory.Arrays.Where(array => array.Name.StartsWith("saved/first/")).ToList();
        foreach (var array in saved)
            array.Bytes.ToArray().ShouldBe(before[array.Name["saved/first/".Length..]], array.Name);
        saved.Single(array => array.Name.EndsWith("c_attn.weight")).Shape.ShouldBe([96, 32]);
        Fact(memory, "saved 'first'").ShouldBe("trained on set 0, the newest");
        var head = saved.Where(array => array.Name.Contains("lm_head"))
            .SelectMany(array => array.As<float>().ToArray()).ToList();
        Fact(memory, "  first/head").ShouldBe(
            $"2 tensors, 66 numbers, norm {Math.Sqrt(head.Sum(x => (double)x * x)):G4}");
        memory.Facts.Count(fact => fact.Name.StartsWith("  first/")).ShouldBe(5);
    }

    [Fact]
    public void Looking_changes_nothing()
    {
        using var looked = SequenceBench.Small(1).Train(5).Switch("redraw", 1, save: "first");
        using var other = SequenceBench.Small(1).Train(5).Switch("redraw", 1, save: "first");
        Of(looked, 0);

        var expected = other.Train(5).StateOf(0);
        foreach (var (name, bytes) in looked.Train(5).StateOf(0))
            bytes.ShouldBe(expected[name], name);
    }

    private static LaneMemory Of(SequenceBench bench, int lane)
    {
        using var scope = new TensorScope();
        return bench.Model.Memory(lane, bench.Steps).ShouldNotBeNull();
    }

    private static string Fact(LaneMemory memory, string name) =>
        memory.Facts.Single(fact => fact.Name == name).Value;

    private static NamedArray Array(LaneMemory memory, string name) => Array(memory.Arrays, name);

    private static NamedArray Array(IEnumerable<NamedArray> arrays, string name) =>
        arrays.Single(array => array.Name == name);
}
