using Mneme.Worker.Cohorts;
using Mneme.Worker.Optimizers;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>What learns after a switch; the numbers are in checkpoints.</summary>
internal enum DamMode { Learn = 0, FreezeA = 1, FreezeB = 2, None = 3, Scratch = 4 }

/// <summary>Which weights of <see cref="DamNet"/> learn, and their optimisers: one each, so that
/// the one that goes on alone can start afresh.</summary>
internal sealed class DamLearning
{
    private readonly Lanes lanes;
    private readonly DamNet net;
    private readonly long[] mode;           // [lane]
    private readonly Adam query, key;

    public DamLearning(Lanes lanes, LaneState state, DamNet net)
    {
        (this.lanes, this.net) = (lanes, net);
        mode = state.Add("mode", new long[lanes.Count]);
        var rate = state.Hold(lanes.Vector("learning_rate"));
        query = state.Add("adam_A", new Adam([net.QueryLogits], rate));
        key = state.Add("adam_B", new Adam([net.KeyLogits], rate));
    }

    public bool Anything => mode.Any(m => (DamMode)m is not DamMode.None);

    public static DamMode ModeOf(string name) => name switch
    {
        "learn" => DamMode.Learn,
        "freeze_A" => DamMode.FreezeA,
        "freeze_B" => DamMode.FreezeB,
        "none" => DamMode.None,
        "scratch" => DamMode.Scratch,
        _ => throw new ArgumentException($"dam has no mode '{name}'"),
    };

    /// <summary>The mode in which a part is frozen and the other learns on.</summary>
    public static DamMode Freezing(string part) => part switch
    {
        "A" => DamMode.FreezeA,
        "B" => DamMode.FreezeB,
        "both" => DamMode.None,
        _ => throw new ArgumentException($"dam has no part '{part}'"),
    };

    /// <summary>Begins a phase in every lane. 'learn' keeps the optimisers' state; what learns on
    /// beside something frozen gets a fresh one.</summary>
    /// <param name="times">How many phases each lane had before.   // [lane]</param>
    public void Begin(DamMode next, long[] times)
    {
        Array.Fill(mode, (long)next);
        if (next is DamMode.Scratch) net.Redraw(times);
        if (next is DamMode.FreezeB or DamMode.Scratch) Restart(query);
        if (next is DamMode.FreezeA or DamMode.Scratch) Restart(key);
    }

    /// <param name="idle">Lanes that had nothing to learn from.   // [lane]</param>
    /// <param name="healthy">[lane]</param>
    public void Step(Tensor[] slopes, bool[] idle, Tensor healthy)
    {
        Step(query, slopes[0], idle, DamMode.FreezeA, healthy);
        Step(key, slopes[1], idle, DamMode.FreezeB, healthy);
    }

    private void Step(Adam adam, Tensor slope, bool[] idle, DamMode frozen, Tensor healthy)
    {
        var learns = lanes.Each((k, _) =>
            !idle[k] && mode[k] != (long)frozen && mode[k] != (long)DamMode.None);
        if (!learns.Contains(true)) return;
        adam.Step([slope], !learns.Contains(false) ? healthy
            : healthy.LogicalAnd(Tensor.From(learns, [lanes.Count], lanes.Device)));
    }

    private static void Restart(Adam adam)
    {
        foreach (var tensor in adam.Means.Concat(adam.Variances).Append(adam.Steps))
            tensor.FillInPlace(0);
    }
}
