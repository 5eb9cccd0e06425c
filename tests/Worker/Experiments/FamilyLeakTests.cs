using Mneme.Tests.Worker.Torch;
using Mneme.Worker.Experiments;
using Mneme.Worker.Torch;
using Shouldly;
using Xunit;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>What counts the process's tensors and runs alone for that; the families' other tests
/// run side by side.</summary>
[Collection("live tensors")]
public sealed class FamilyLeakTests
{
    [Fact]
    public void Memory_mlp_leaks_neither_tensors_nor_memory() => TrainingThread.Run(() =>
    {
        var family = new MemoryMlp();
        LaneProof.NothingLeaks(family, 10_000, Bench.Lane(family, 0), Bench.Lane(family, 1));
    });

    [Fact]
    public void Dam_leaks_no_tensor_over_steps_and_switches()
    {
        using var bench = DamLaneTests.Story(30, DamLaneTests.Varied(2, [8, 6, 30, 3, 5]));
        var tensors = Tensor.LiveCount;
        for (var i = 0; i < 20; i++)
        {
            DamLaneTests.Switch(bench, "learn", 90 + i * 100, clear: i % 2 == 0);
            bench.Train(100).Measure("loss");
        }
        Tensor.LiveCount.ShouldBe(tensors);
    }

    [Theory]
    [InlineData("one_layer"), InlineData("gpt")]
    public void Sequence_switch_leaks_no_tensor_over_steps_and_switches(string architecture)
    {
        using var bench = SequenceBench.Small(2,
            ("architecture", new Text(architecture)), ("layers", new Integer(2)));
        bench.Train(10).Records();
        var tensors = Tensor.LiveCount;
        for (var i = 0; i < 10; i++)
        {
            bench.Switch("redraw", 1 + i % 2, save: "first").Train(10).Records();
            bench.Switch("swap", 1 + i % 2, null, ("saved", new Text("first"))).Train(10).Records();
        }
        Tensor.LiveCount.ShouldBe(tensors);
    }

    [Fact]
    public void Metalearned_memory_leaks_neither_tensors_nor_memory() => TrainingThread.Run(() =>
        LaneProof.NothingLeaks(new MetalearnedMemory(), 2000,
            MetalearnedMemoryTests.Varied(2, [("batch_size", new Integer(2))])));

    [Fact]
    public void Metalearned_dialogue_leaks_neither_tensors_nor_memory() => TrainingThread.Run(() =>
        LaneProof.NothingLeaks(
            new MetalearnedDialogue(), 200, MetalearnedDialogueTests.Varied(2, "both")));

    [Fact]
    public void Titans_leaks_neither_tensors_nor_memory() => TrainingThread.Run(() =>
        LaneProof.NothingLeaks(
            new Titans(), 5000, TitansTests.Varied(2, [("batch_size", new Integer(2))])));

    [Fact]
    public void Titans_sequence_leaks_neither_tensors_nor_memory() => TrainingThread.Run(() =>
        LaneProof.NothingLeaks(new TitansSequence(), 300, TitansSequenceTests.Varied(2, "mac")));

    [Fact]
    public void Gpt2_knn_leaks_nothing_in_training_and_in_asking() => TrainingThread.Run(() =>
    {
        LaneProof.NothingLeaks(new Gpt2Knn(), 300, Gpt2KnnTests.Lanes(1));
        using var bench = Gpt2KnnTests.Asked(30);
        var tensors = Tensor.LiveCount;
        bench.Train(100).Measure("loss");
        Tensor.LiveCount.ShouldBe(tensors);
    });
}
