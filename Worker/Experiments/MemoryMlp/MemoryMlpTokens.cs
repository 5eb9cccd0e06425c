using Mneme.Worker.Cohorts;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>The tokens of the steps: drawn in blocks, each a pure function of (seed, step,
/// sample).</summary>
internal sealed class MemoryMlpTokens(Lanes lanes, LaneState state, int batch, int vocab)
{
    private const int Block = 100;

    private readonly long[] switchAt = lanes.Each(lane =>
        lane["target_switch_at"] is Specs.SettingValue.Integer at ? at.Value : long.MaxValue);
    private readonly bool[] unrelated = lanes.Each(lane => lane.Text("write") == "unrelated");
    private readonly Random.RandomStream[] inputs = lanes.Each(lane => lane.Stream("data/token"));
    private readonly Random.RandomStream[] others =
        lanes.Each(lane => lane.Stream("data/unrelated"));
    private readonly long[] written = new long[Block * lanes.Count * batch];
    private readonly long[] wanted = new long[Block * lanes.Count * batch];
    private readonly Tensor writtenBlock = Room(lanes, state, batch);   // [block, sample]
    private readonly Tensor wantedBlock = Room(lanes, state, batch);    // [block, sample]
    private long drawn = -1;

    /// <summary>What a step writes to the memory, and what the net must predict.
    /// // [sample], [sample]</summary>
    public (Tensor Written, Tensor Target) At(long step)
    {
        if (step / Block != drawn) Draw(step / Block);
        return (writtenBlock.Select(0, step % Block), wantedBlock.Select(0, step % Block));
    }

    private void Draw(long block)
    {
        for (var s = 0; s < Block; s++)
            for (var k = 0; k < lanes.Count; k++)
                DrawLane(block * Block + s, k, (s * lanes.Count + k) * batch);
        writtenBlock.CopyFrom(written);
        wantedBlock.CopyFrom(wanted);
        drawn = block;
    }

    private void DrawLane(long step, int lane, int at)
    {
        var token = written.AsSpan(at, batch);
        inputs[lane].FillIntegers(step, vocab, token);
        var shift = step < switchAt[lane] ? 1 : 0;
        for (var b = 0; b < batch; b++) wanted[at + b] = (token[b] + shift) % vocab;
        if (unrelated[lane]) others[lane].FillIntegers(step, vocab, token);
    }

    private static Tensor Room(Lanes lanes, LaneState state, int batch) =>
        state.Hold(Tensor.Zeros([Block, lanes.Count * batch], DType.Int64, lanes.Device));
}
