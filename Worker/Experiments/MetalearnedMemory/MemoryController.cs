using Mneme.Worker.Cohorts;
using Mneme.Worker.Memories;
using Mneme.Worker.Nets;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>An LSTM that writes and reads a net's weights (Munkhdalai et al. 2019, arXiv
/// 1907.09720). In the shapes, lane is K, batch is B, sample is K * B, d is the hidden size and H
/// the number of heads.</summary>
internal sealed class MemoryController
{
    public const int Depth = 3;

    private readonly int lanes, batch, d, heads, readSize;
    private readonly bool joinsHeads;
    private readonly Squash squash;

    private readonly Linear controller;     // [lane, d + read + d, 4d]: of [x ; v ; h]
    private readonly Tensor secondBias;     // [lane, 1, 4d]: an LSTM cell has two
    private readonly Linear interaction;    // [lane, d, d + 3Hd]
    private readonly Linear writeRate;      // [lane, d, 1 or 3]
    private readonly Linear? feedback;      // [lane, d, 3d]: from a value to all layers' targets
    private readonly Linear readOut;        // [lane, d + read, d]
    private readonly Tensor[] start;        // 3 times [lane, d, d]: the memory's first weights
    private readonly Tensor scale;          // [lane, 3]
    private readonly Tensor writes;         // [lane, 1]: 1, or 0 where nothing is written

    public MemoryController(Lanes lanes, LaneState state)
    {
        (this.lanes, batch) = (lanes.Count, lanes.Size("batch_size"));
        (d, heads) = (lanes.Size("hidden_size"), lanes.Size("heads"));
        joinsHeads = lanes[0].Text("read") == "concat";
        readSize = joinsHeads ? heads * d : d;
        squash = Squash.Named(lanes[0].Text("activation"));
        controller = Own("controller", d + readSize + d, 4 * d, d);
        secondBias = Uniform(lanes, state, "controller/bias2", 1, 4 * d, d);
        interaction = Own("interaction", d, d + 3 * heads * d, d);
        writeRate = Own("write_rate", d, lanes[0].Text("write_rate") == "layer" ? Depth : 1, d);
        feedback = lanes[0].Text("rule") == "local" ? Own("feedback", d, Depth * d, d) : null;
        readOut = Own("read_out", d + readSize, d, d + readSize);
        start = [.. Enumerable.Range(1, Depth).Select(
            l => Uniform(lanes, state, $"start{l}", d, d, d))];
        var learnsScale = lanes.Flag("learn_scale");
        var scales = PerLane(lanes, Scale).Expand(lanes.Count, Depth);
        scale = learnsScale ? state.Add("log_scale", scales.Log()) : state.Hold(scales.Clone());
        writes = state.Hold(PerLane(lanes, lane =>
            lane["write"] is Specs.SettingValue.Flag { Value: true } ? 1 : 0));
        LearnedAlone = [.. learnsScale ? [scale] : (Tensor[])[],
            .. lanes.Flag("train_start") ? start : []];
        foreach (var leaf in LearnedAlone) leaf.RequireGrad();

        Linear Own(string name, int rows, int columns, int fanIn) =>
            Layer(lanes, state, name, rows, columns, fanIn);
    }

    /// <summary>Weights and biases uniform in +-1/sqrt(fan in), as torch's Linear and LSTMCell.
    /// </summary>
    public static Linear Layer(
        Lanes lanes, LaneState state, string name, int rows, int columns, int fanIn) => new(
        Uniform(lanes, state, $"{name}/weight", rows, columns, fanIn),
        Uniform(lanes, state, $"{name}/bias", 1, columns, fanIn));

    public IEnumerable<Linear> Layers =>
    [
        controller, interaction, writeRate, readOut,
        .. feedback is null ? (Linear[])[] : [feedback],
    ];

    public Tensor SecondBias => secondBias;

    /// <summary>What no linear layer holds.</summary>
    public Tensor[] LearnedAlone { get; }

    /// <summary>Both biases are added to the same sum.</summary>
    public Tensor SlopeOfSecondBias(IReadOnlyDictionary<Linear, Tensor[]> ofLayers) =>
        ofLayers[controller][1];

    /// <summary>What a write is multiplied by, besides its rate.   // [lane, 3]</summary>
    public Tensor EffectiveScale => (LearnedAlone.Contains(scale) ? scale.Exp() : scale) * writes;

    /// <summary>The same for every sample.   // [sample, 1, 3]</summary>
    public Tensor Sizes() => EffectiveScale.Unsqueeze(1).Expand(lanes, batch, Depth)
        .Reshape(Samples, 1, Depth);

    /// <summary>The memory before anything is written.   // 3 times [sample, d, d]</summary>
    public NeuralMemory Empty() => new([.. start.Select(weight =>
        weight.Unsqueeze(1).Expand(lanes, batch, d, d).Reshape(Samples, d, d))], squash);

    public ControllerState Begin() => new(Zeros(d), Zeros(d), Zeros(readSize), Empty());

    /// <summary>[lane, batch, d]</summary>
    public Tensor NoInput() => Zeros(d);

    /// <summary>What is made of the state and the last read.   // [lane, batch, d]</summary>
    public Tensor Output(ControllerState state, LinearTape tape) =>
        readOut.Apply(Tensor.Cat(2, state.Hidden, state.Read), tape);

    private int Samples => lanes * batch;

    /// <summary>Read the input, write, and read the memory.</summary>
    /// <param name="x">[lane, batch, d]</param>
    /// <param name="sizes">What <see cref="Sizes"/> gave.</param>
    public ControllerState Advance(
        Tensor x, ControllerState state, Tensor sizes, LinearTape tape, List<EpisodeMoment> moments)
    {
        var (hidden, cell) = Control(x, state, tape);                       // [lane, batch, d]
        var u = interaction.Apply(hidden, tape).Tanh();                     // [.., d + 3Hd]
        var rate = writeRate.Apply(u.Narrow(2, 0, d), tape).Sigmoid()       // [.., 1 or 3]
            .Reshape(Samples, 1, -1);
        var parts = u.Narrow(2, d, 3 * heads * d).Reshape(Samples, heads, 3 * d);
        var (key, value, query) = (Part(0), Part(1), Part(2));              // [sample, H, d]
        var memory = state.Memory;
        var z = memory.Activations(key);
        var sized = rate * sizes;                                           // [sample, 1, 3]
        var rates = Enumerable.Range(0, Depth).Select(l => sized.Narrow(2, l, 1)).ToArray();
        var written = feedback is not null
            ? memory.Write(z, Targets(feedback, value, tape), rates)
            : memory.Descend(z, value, rates);
        moments.Add(new EpisodeMoment(
            Error(z[^1], value), Error(written.Read(key), value), rate));
        var read = written.Read(query);                                     // [sample, H, d]
        read = joinsHeads ? read.Reshape(lanes, batch, -1)
            : read.Mean([1], keepDimensions: false).View(lanes, batch, d);
        return new ControllerState(hidden, cell, read, written);

        Tensor Part(int i) => parts.Narrow(2, i * d, d);
    }

    // An LSTM cell over [x ; v], gates in the order input, forget, cell, output.
    private (Tensor Hidden, Tensor Cell) Control(Tensor x, ControllerState state, LinearTape tape)
    {
        var gates = controller.Apply(Tensor.Cat(2, x, state.Read, state.Hidden), tape) + secondBias;
        var cell = Gate(1).Sigmoid() * state.Cell + Gate(0).Sigmoid() * Gate(2).Tanh();
        return (Gate(3).Sigmoid() * cell.Tanh(), cell);

        Tensor Gate(int i) => gates.Narrow(2, i * d, d);
    }

    // The learned map from a value to what every layer should give for its key.
    private Tensor[] Targets(Linear feedback, Tensor value, LinearTape tape)
    {
        var all = feedback.Apply(value.Reshape(lanes, batch * heads, d), tape)
            .View(Samples, heads, Depth * d);
        return [.. Enumerable.Range(0, Depth).Select(l => all.Narrow(2, l * d, d))];
    }

    private static Tensor Error(Tensor found, Tensor value) =>
        (found - value).Square().Mean([1, 2], keepDimensions: false);       // [sample]

    private Tensor Zeros(int width) =>
        Tensor.Zeros([lanes, batch, width], device: controller.Weight.Device);

    // [lane, 1]
    private static Tensor PerLane(Lanes lanes, Func<Lane, double> value) =>
        lanes.Coefficient(value).View(lanes.Count, 1);

    private static double Scale(Lane lane)
    {
        double d = lane.Integer("hidden_size"), heads = lane.Integer("heads");
        return lane.Text("scale") switch
        {
            "2/hd" => 2 / (heads * d), "1/hd" => 1 / (heads * d), "1/h" => 1 / heads, _ => 1,
        };
    }

    private static Tensor Uniform(
        Lanes lanes, LaneState state, string name, int rows, int columns, int fanIn) =>
        state.Add(name, lanes.Draw($"init/{name}", [rows, columns],
            (stream, values) => stream.FillUniform(0, 1 / MathF.Sqrt(fanIn), values)));
}

/// <summary>What goes from one time to the next.   // [lane, batch, d] twice, [lane, batch,
/// read]</summary>
internal sealed record ControllerState(
    Tensor Hidden, Tensor Cell, Tensor Read, NeuralMemory Memory);

/// <summary>What was seen of one write.</summary>
/// <param name="Before">How far the memory was from the value it should hold.   // [sample]</param>
/// <param name="After">And after the write.   // [sample]</param>
/// <param name="Rate">[sample, 1, 1 or 3]</param>
internal sealed record EpisodeMoment(Tensor Before, Tensor After, Tensor Rate);
