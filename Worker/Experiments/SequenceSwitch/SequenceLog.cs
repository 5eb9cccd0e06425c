using Mneme.Results;
using Mneme.Specs;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>What training tells of itself: losses and accuracies, how often each sequence came, and
/// when a probe had learned.</summary>
internal sealed class SequenceLog
{
    private const int MostBatches = 1024;       // whose accuracy is kept for the next point
    private const int ProbeWindow = 10;         // batches, as in the original

    private readonly Lanes lanes;
    private readonly SequenceData data;
    private readonly TrainingLog window;
    private readonly int batch, sequences, logged;
    private readonly long[] point;              // [lane]: steps at the last point or switch
    private readonly long[] start;              // [lane]: first step of the phase
    private readonly double[] lossSum;          // [lane]: since the last point
    private readonly float[] accuracies;        // [lane, step]
    private readonly float[] losses;            // [lane, step, batch]
    private readonly int[] appearances;         // [lane, rank]: in the sets now trained
    private readonly long[] shown;              // [lane]: in all sets
    private readonly double[] threshold;        // [lane]: of a probe, or NaN
    private readonly double[] iterations;       // [lane]

    public SequenceLog(Lanes lanes, LaneState state, SequenceData data)
    {
        (this.lanes, this.data) = (lanes, data);
        window = new TrainingLog(state, lanes.Count, 1, lanes.Device, DType.Float32);
        (batch, sequences) = (lanes.Size("batch_size"), lanes.Size("sequences"));
        logged = lanes.Size("log_appearances");
        point = state.Add("log/point", new long[lanes.Count]);
        start = state.Add("log/phase", new long[lanes.Count]);
        lossSum = state.Add("log/loss_sum", new double[lanes.Count]);
        accuracies = state.Add("log/accuracies", new float[lanes.Count * MostBatches]);
        losses = logged == 0
            ? []
            : state.Add("log/sequence_losses", new float[lanes.Count * logged * batch]);
        appearances = state.Add("appearances", new int[lanes.Count * sequences]);
        shown = state.Add("appearances/total", new long[lanes.Count]);
        threshold = state.Add("probe/threshold", Unknown());
        iterations = state.Add("probe/iterations", Unknown());
    }

    public Tensor Healthy => window.Healthy;

    /// <summary>The first batch of a probe at which it had learned, or NaN.   // [lane]</summary>
    public IReadOnlyList<double> ProbeIterations => iterations;

    public void Begin(long step, double probeThreshold)
    {
        window.Restart(step);
        Array.Fill(point, step);
        Array.Fill(start, step);
        Array.Clear(lossSum);
        Array.Clear(appearances);
        Array.Fill(threshold, probeThreshold);
        Array.Fill(iterations, double.NaN);
    }

    /// <param name="places">What was shown.   // [lane * batch]</param>
    /// <param name="loss">[lane, sample]</param>
    /// <param name="hits">Share of right bits.   // [lane, sample]</param>
    public void Record(long step, long[] places, Tensor loss, Tensor hits)
    {
        var (meanLoss, meanHits) = (loss.Mean(1), hits.Mean(1));    // [lane]
        window.Record(step, meanLoss, meanHits);
        var (ofLoss, ofHits) = (meanLoss.ToArray<float>(), meanHits.ToArray<float>());
        for (var k = 0; k < lanes.Count; k++)
        {
            lossSum[k] += ofLoss[k];
            accuracies[k * MostBatches + step % MostBatches] = ofHits[k];
            Count(k, places.AsSpan(k * batch, batch));
            Judge(k, step);
        }
        if (logged > 0) KeepLosses(step, loss.ToArray<float>());
    }

    public LogFigures Figures(long steps) => window.Figures(steps);

    public long? DivergedAt(int lane) => window.DivergedAt(lane);

    /// <summary>Sequences that a lane was shown in all its phases, probes too.</summary>
    public long Shown(int lane) => shown[lane];

    /// <summary>How often each sequence of the present set came in this phase.   // [rank]
    /// </summary>
    public ReadOnlySpan<int> Appearances(int lane) =>
        appearances.AsSpan(lane * sequences, sequences);

    /// <summary>What happened since the last point, and how often each sequence has come.
    /// </summary>
    public IEnumerable<NamedArray> Records(long steps)
    {
        var count = (int)(steps - point[0]);
        yield return NamedArray.Of<double>(
            "train_loss", lanes.Each((k, _) => lossSum[k] / count), lanes.Count);
        yield return NamedArray.Of<int>("appearances", appearances, lanes.Count, sequences);
        yield return Last("batch_accuracy", accuracies, MostBatches, 1, steps, count);
        if (logged > 0)
        {
            yield return Last("batch_losses", losses, logged, batch, steps, count);
            yield return Ranks(steps, Math.Min(count, logged));
        }
        Array.Fill(point, steps);
        Array.Clear(lossSum);
    }

    private void Count(int lane, ReadOnlySpan<long> places)
    {
        shown[lane] += places.Length;
        if (data.Present[lane] == PhaseStart.Apart) return;     // none of its own
        foreach (var place in places) appearances[lane * sequences + place % sequences]++;
    }

    private void Judge(int lane, long step)
    {
        if (!double.IsNaN(iterations[lane]) || step - start[lane] < ProbeWindow - 1) return;
        var sum = 0.0;
        for (var s = step - ProbeWindow + 1; s <= step; s++)
            sum += accuracies[lane * MostBatches + s % MostBatches];
        if (sum / ProbeWindow > threshold[lane]) iterations[lane] = step - start[lane];
    }

    private void KeepLosses(long step, float[] all)
    {
        for (var k = 0; k < lanes.Count; k++)
            all.AsSpan(k * batch, batch)
                .CopyTo(losses.AsSpan((int)(k * logged + step % logged) * batch));
    }

    // The newest steps of a ring, oldest first.   // [lane, step, width]
    private NamedArray Last(
        string name, float[] ring, int room, int width, long steps, int count)
    {
        count = Math.Min(count, room);
        var values = new float[lanes.Count * count * width];
        for (var i = 0; i < lanes.Count * count; i++)
        {
            var place = (steps - count + i % count) % room;
            ring.AsSpan((int)(i / count * room + place) * width, width)
                .CopyTo(values.AsSpan(i * width));
        }
        return width == 1
            ? NamedArray.Of<float>(name, values, lanes.Count, count)
            : NamedArray.Of<float>(name, values, lanes.Count, count, width);
    }

    private NamedArray Ranks(long steps, int count)
    {
        var places = new long[lanes.Count * count * batch];
        for (var i = 0; i < lanes.Count * count; i++)
            data.Draw(i / count, steps - count + i % count, places.AsSpan(i * batch, batch));
        return NamedArray.Of<long>("batch_ranks", places, lanes.Count, count, batch);
    }

    private double[] Unknown()
    {
        var values = new double[lanes.Count];
        Array.Fill(values, double.NaN);
        return values;
    }
}
