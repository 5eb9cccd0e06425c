using Mneme.Specs;
using Mneme.Worker.Experiments;
using Mneme.Worker.Torch;
using Shouldly;
using Xunit;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

public sealed class MemoryMlpTests
{
    private static readonly MemoryMlp Family = new();
    private static readonly (string, SettingValue) Fast = ("learning_rate", new Real(1e-3));

    [Fact]
    public void Eight_lanes_learn_to_read_the_bit_within_500_steps()
    {
        using var bench = Seeds(8, Fast).Train(500);

        bench.Measure("accuracy").ShouldAllBe(accuracy => accuracy >= 0.98);
        Median(bench.Measure("loss")).ShouldBeLessThanOrEqualTo(0.08);
        bench.Measure("first_perfect_run").ShouldAllBe(steps => steps >= 100 && steps <= 500);
    }

    public static TheoryData<string, SettingValue> Controls => new()
    {
        { "memory_learning_rate", new Real(0) },
        { "inner_steps", new Integer(0) },
        { "write", new Text("unrelated") },
        { "memory_head", new Text("zero") },
        { "memory_dims", new Integers([0]) },
    };

    [Theory, MemberData(nameof(Controls))]
    public void Without_a_written_token_the_loss_stays_at_ln_2(string setting, SettingValue value)
    {
        using var bench = Seeds(16, Fast, (setting, value)).Train(500);

        bench.Measure("loss").Average().ShouldBe(Math.Log(2), 0.03);
        bench.Measure("accuracy").Average().ShouldBe(0.5, 0.06);
    }

    [Fact]
    public void A_memory_that_is_never_reset_dies()
    {
        using var bench = Seeds(8, ("reset", new Text("never"))).Train(1500);

        bench.Measure("loss").Average().ShouldBe(Math.Log(2), 0.03);
        bench.Measure("silent_fraction").Average().ShouldBeGreaterThan(0.8);
    }

    [Fact]
    public void Smaller_writes_learn_slower_and_more_writes_faster()
    {
        double Loss(params (string, SettingValue)[] settings)
        {
            using var bench = Seeds(16, settings).Train(1500);
            return bench.Measure("loss").Average();
        }

        var usual = Loss();
        Loss(("memory_learning_rate", new Real(1))).ShouldBeInRange(0.5, 0.66);
        Loss(("memory_learning_rate", new Real(0.1))).ShouldBeInRange(0.64, 0.71);
        Loss(("memory_learning_rate", new Real(100))).ShouldBeLessThan(usual);
        Loss(("inner_steps", new Integer(10))).ShouldBeLessThan(usual / 2);
    }

    [Fact]
    public void Four_tokens_fit_into_four_neurons_and_not_as_well_into_two()
    {
        double Accuracy(long neurons)
        {
            using var bench = Seeds(8, ("vocab_size", new Integer(4)), Fast,
                ("memory_dims", new Integers([neurons]))).Train(1500);
            return bench.Measure("accuracy").Average();
        }

        Accuracy(4).ShouldBeGreaterThan(0.97);
        Accuracy(2).ShouldBeInRange(0.7, 0.95);
    }

    [Fact]
    public void After_a_switch_of_the_target_it_errs_and_learns_again()
    {
        using var bench = Seeds(8, Fast, ("target_switch_at", new Integer(500))).Train(500);
        bench.Measure("accuracy").ShouldAllBe(accuracy => accuracy >= 0.98);

        bench.Train(100).Measure("accuracy").Average().ShouldBeLessThan(0.7);
        bench.Train(400).Measure("accuracy").Average().ShouldBeGreaterThan(0.95);
    }

    [Theory]
    [InlineData(0, new[] { .989605f, -1.979211f, .989605f }, .087183)]
    [InlineData(1, new[] { -1.010395f, 2.020789f, -1.010395f }, .086491)]
    public void The_first_write_from_zero_is_that_of_the_closed_form(
        long token, float[] firstNeuron, double lossAfter)
    {
        using var scope = new TensorScope();
        var net = Fixture();
        var first = net.FirstLayer(new());
        var written = Tensor.From([token], [1]);
        var memory = net.Start.Leaves();
        var loss = Surprise(net, first.Detach(), memory, written);
        var slopes = Autograd.Grad([loss], memory.All);
        var rate = new Mneme.Worker.Memories.WriteStep(Tensor.Full([1, 1, 1], -10), null);
        memory = memory.Descend(slopes, rate);

        var weight = memory.Weight[0].Detach().ToArray<float>();    // [1, 2, 2]: in, memory
        var bias = memory.Bias[0].Detach().ToArray<float>();
        weight[0].ShouldBe(firstNeuron[0], 2e-6f);
        weight[2].ShouldBe(firstNeuron[1], 4e-6f);
        bias[0].ShouldBe(firstNeuron[2], 2e-6f);
        (weight[1], weight[3], bias[1]).ShouldBe((-weight[0], -weight[2], -bias[0]));
        Surprise(net, first.Detach(), memory, written).Item().ShouldBe(lossAfter, 2e-6);
    }

    [Fact]
    public void The_memory_head_never_changes()
    {
        using var bench = Seeds(2, Fast);
        var before = bench.StateOf(1)["memory_head"];

        bench.Train(50).StateOf(1)["memory_head"].ShouldBe(before);
    }

    // The fixture of the experiment's description: e = 2, h = 3, m = 2, with given weights.
    private static MemoryMlpNet Fixture()
    {
        var lanes = new Mneme.Worker.Cohorts.Lanes(
            [
                Bench.Lane(Family, 0,
                    ("embedding_dim", new Integer(2)), ("hidden_dims", new Integers([3]))),
            ],
            Device.Cpu);
        var state = new Mneme.Worker.Cohorts.LaneState(1);
        var net = new MemoryMlpNet(lanes, state);
        state.Set("embedding", [1, -2]);
        state.Set("weight0", [.5f, 0, .1f, 0, .25f, .2f]);
        state.Set("bias0", [0, .1f, -.1f]);
        state.Set("memory_head", [.1f, 0, -.2f, .1f, .3f, -.1f, .2f, -.2f, -.1f, .3f]);
        return net;
    }

    private static Tensor Surprise(
        MemoryMlpNet net, First first, Mneme.Worker.Memories.EpisodicWeights memory,
        Tensor token) =>
        net.Reconstruct(first, memory, tape: null).LogSoftmax(1).NllLoss(token, Reduction.Sum);

    private static Bench Seeds(int count, params (string, SettingValue)[] settings) => new(Family,
        [.. Enumerable.Range(0, count).Select(seed => Bench.Lane(Family, (uint)seed, settings))]);

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
