using Mneme.Messages;
using Mneme.Results;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Cohorts;

/// <summary>What a finished, or shortened, segment gives.</summary>
/// <param name="ToStep">How far it came.</param>
internal sealed record SegmentOutcome(
    long ToStep, byte[] Checkpoint, IReadOnlyList<LaneResult> Lanes);

/// <summary>A model with its results so far: the segment loop. Lives on one training
/// thread.</summary>
internal sealed class Cohort : IDisposable
{
    private readonly Lanes lanes;
    private readonly CohortModel model;
    private readonly ChainHash chain;
    private readonly string family;

    public Cohort(ExperimentFamily family, Assign assign, IReadOnlyList<SafetensorsFile> parents)
    {
        this.family = assign.Family;
        using var scope = new TensorScope();
        lanes = new Lanes(Lane.Of(assign), new Device(assign.Device));
        model = family.Create(lanes);
        chain = new ChainHash(model.State, lanes.Count);
        if (parents.Count > 0)
            model.State.Load(parents, [.. assign.Lanes.Select(lane => lane.Source)]);
    }

    /// <summary>Trains the segment's steps, measures on the way, and saves. Ends early, at a step's
    /// end, when <paramref name="stop"/> is asked for.</summary>
    public SegmentOutcome Run(Assign assign, Action<long> reached, CancellationToken stop)
    {
        var points = new PointLog(lanes.Count);
        var step = assign.FromStep;
        while (step < assign.ToStep && !stop.IsCancellationRequested)
        {
            using (new TensorScope())
            {
                if (step == assign.FromStep && assign.Switch is { } how) model.Switch(how, step);
                model.Step(step);
            }
            step++;
            if (step % assign.MeasureEvery == 0 || assign.PointsAt.Contains(step))
                Measure(step, points);
            reached(step);
        }
        return new SegmentOutcome(step, Save(step), Results(assign, points));
    }

    public void Dispose() => model.Dispose();

    private void Measure(long step, PointLog points)
    {
        using var scope = new TensorScope();
        var values = model.Measure(step);
        for (var k = 0; k < lanes.Count; k++)
        {
            // A diverged lane has no values any more; one NaN, so that its bytes are always the
            // same.
            if (model.DivergedAt(k) is not null) Array.Fill(values[k], double.NaN);
            points.Add(k, step, values[k]);
            chain.Extend(k, step, values[k]);
        }
    }

    private byte[] Save(long step)
    {
        using var file = new MemoryStream();
        var metadata = new Dictionary<string, string> { ["family"] = family, ["step"] = $"{step}" };
        Safetensors.Write(file, model.State.Save(), metadata);
        return file.ToArray();
    }

    private List<LaneResult> Results(Assign assign, PointLog points) =>
        [.. Enumerable.Range(0, lanes.Count).Select(k => new LaneResult(
            assign.Lanes[k].Path, model.DivergedAt(k), chain.Text(k), points.Pack(k)))];
}

/// <summary>The points of a segment, by lane.</summary>
internal sealed class PointLog(int lanes)
{
    private readonly List<long>[] steps =
        [.. Enumerable.Range(0, lanes).Select(_ => new List<long>())];
    private readonly List<double[]>[] values =
        [.. Enumerable.Range(0, lanes).Select(_ => new List<double[]>())];

    public void Add(int lane, long step, double[] point)
    {
        steps[lane].Add(step);
        values[lane].Add(point);
    }

    public PackedPoints Pack(int lane) => PackedPoints.Of(steps[lane], values[lane]);
}
