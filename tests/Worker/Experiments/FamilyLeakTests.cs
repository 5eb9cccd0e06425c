using Mneme.Tests.Worker.Torch;
using Mneme.Worker.Experiments;
using Mneme.Worker.Torch;
using Shouldly;
using Xunit;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>Apart from the families' other tests, which may then run side by side.</summary>
[Collection("live tensors")]
public sealed class FamilyLeakTests
{
    [Fact]
    public void Metalearned_memory_leaks_neither_tensors_nor_memory() => TrainingThread.Run(() =>
        LaneProof.NothingLeaks(new MetalearnedMemory(), 1000,
            MetalearnedMemoryTests.Varied(2, [("batch_size", new Integer(2))])));

    [Fact]
    public void Metalearned_dialogue_leaks_neither_tensors_nor_memory() => TrainingThread.Run(() =>
        LaneProof.NothingLeaks(
            new MetalearnedDialogue(), 200, MetalearnedDialogueTests.Varied(2, "both")));

    [Fact]
    public void Titans_leaks_neither_tensors_nor_memory() => TrainingThread.Run(() =>
        LaneProof.NothingLeaks(
            new Titans(), 2500, TitansTests.Varied(2, [("batch_size", new Integer(2))])));

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
