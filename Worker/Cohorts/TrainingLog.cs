using Mneme.Worker.Torch;

namespace Mneme.Worker.Cohorts;

/// <summary>Losses and hits of the last 100 steps of every lane, and what follows from them:
/// means, the first run of right steps, and which lanes diverged. The last steps stay on the
/// device; they are read once in 100. A hit is a flag, or the share of a step's predictions that
/// were right.</summary>
public sealed class TrainingLog
{
    public const int Window = 100;

    private readonly int lanes;
    private readonly int batch;
    private readonly int run;
    private readonly Tensor losses;      // [lane, window, batch]
    private readonly Tensor hits;        // [lane, window, batch]
    private readonly Tensor limit;
    private readonly long[] starts;      // first step of the phase: no mean reaches before it
    private readonly long[] read;        // steps already folded into the three below
    private readonly double[] online;    // hits of the phase's steps, each a share, added up
    private readonly long[] streak;
    private readonly long[] firstRun;    // steps until the first run of right ones, or -1
    private readonly long[] divergedAt;

    /// <param name="run">Right steps in a row that make a first run.</param>
    public TrainingLog(
        LaneState state, int lanes, int batch, Device device, DType hit = DType.Bool,
        int run = Window)
    {
        (this.lanes, this.batch, this.run) = (lanes, batch, run);
        losses = state.Add("log/losses", Tensor.Zeros([lanes, Window, batch], device: device));
        hits = state.Add("log/hits", Tensor.Zeros([lanes, Window, batch], hit, device));
        Healthy = state.Add("log/healthy", Tensor.Ones([lanes], DType.Bool, device));
        limit = state.Hold(Tensor.Scalar(double.PositiveInfinity, device: device));
        starts = state.Add("log/start", new long[lanes]);
        read = state.Add("log/read", new long[lanes]);
        online = state.Add("log/online", new double[lanes]);
        streak = state.Add("log/streak", new long[lanes]);
        firstRun = state.Add("log/first_run", Filled(-1));
        divergedAt = state.Add("log/diverged_at", Filled(-1));
    }

    /// <summary>Lanes whose loss was finite at every step: the others are not updated.   //
    /// [lane]</summary>
    public Tensor Healthy { get; }

    /// <summary>Takes in one step, before the update that it causes.</summary>
    /// <param name="loss">Not differentiable any more.   // [lane * batch]</param>
    /// <param name="hit">Whether the prediction was right, or how often.   // [lane *
    /// batch]</param>
    public void Record(long step, Tensor loss, Tensor hit)
    {
        var place = step % Window;
        var byLane = loss.View(lanes, batch);
        losses.Select(1, place).CopyFrom(byLane);
        hits.Select(1, place).CopyFrom(hit.View(lanes, batch));
        Healthy.MulInPlace(byLane.Lt(limit).All(1));       // of flags: and
        if (place == Window - 1) Fold(step + 1);
    }

    /// <summary>Begins a phase: means and runs start anew.</summary>
    /// <param name="step">Its first step.</param>
    public void Restart(long step)
    {
        Fold(step);
        Array.Fill(starts, step);
        Array.Clear(online);
        Array.Clear(streak);
    }

    /// <summary>Brings every figure below up to date.</summary>
    /// <param name="steps">Number of steps recorded so far.</param>
    public LogFigures Figures(long steps)
    {
        Fold(steps);
        var (loss, hit) = (losses.ToArray<float>(), Hits());
        return new LogFigures(
            Each(k => Mean(loss, k, steps)),
            Each(k => Mean(hit, k, steps)),
            Each(k => firstRun[k] < 0 ? double.NaN : firstRun[k]),
            Each(k => online[k] / (steps - starts[k])),
            Each(k => steps - starts[k]));
    }

    public long? DivergedAt(int lane) => divergedAt[lane] < 0 ? null : divergedAt[lane];

    private void Fold(long steps)
    {
        if (read[0] == steps) return;
        var (loss, hit) = (losses.ToArray<float>(), Hits());
        for (var k = 0; k < lanes; k++)
            for (; read[k] < steps; read[k]++)
            {
                var from = (int)(k * Window + read[k] % Window) * batch;
                FoldStep(k, loss.AsSpan(from, batch), hit.AsSpan(from, batch));
            }
    }

    private void FoldStep(int lane, ReadOnlySpan<float> loss, ReadOnlySpan<float> hit)
    {
        streak[lane] = hit.ContainsAnyExcept(1) ? 0 : streak[lane] + 1;
        var right = 0.0;
        foreach (var value in hit) right += value;
        online[lane] += right / batch;
        if (firstRun[lane] < 0 && streak[lane] == run) firstRun[lane] = read[lane] + 1;
        foreach (var value in loss)
            if (divergedAt[lane] < 0 && !float.IsFinite(value)) divergedAt[lane] = read[lane];
    }

    private float[] Hits() => hits.To(DType.Float32).ToArray<float>();

    // Of a lane's last steps, oldest first, so that the sum does not depend on where the ring
    // begins.
    private double Mean(float[] ring, int lane, long steps)
    {
        var from = Math.Max(starts[lane], steps - Window);
        var sum = 0.0;
        for (var step = from; step < steps; step++)
            for (var b = 0; b < batch; b++)
                sum += ring[(lane * Window + step % Window) * batch + b];
        return sum / ((steps - from) * batch);
    }

    private double[] Each(Func<int, double> value) => [.. Enumerable.Range(0, lanes).Select(value)];

    private long[] Filled(long value)
    {
        var array = new long[lanes];
        Array.Fill(array, value);
        return array;
    }
}

/// <summary>Per lane: means over the last 100 steps of the phase, the steps it took to be right all
/// through a run (NaN as long as that has not happened), the mean accuracy over all steps of the
/// phase, and how many these are.</summary>
public sealed record LogFigures(
    double[] Loss, double[] Accuracy, double[] FirstRun, double[] Online, double[] Steps);
