using Mneme.Messages;
using Mneme.Results;
using Mneme.Specs;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Cohorts;

/// <summary>What a finished, or shortened, segment gives.</summary>
/// <param name="ToStep">How far it came.</param>
/// <param name="Records">A file of what belongs to its points, or null.</param>
internal sealed record SegmentOutcome(
    long ToStep, byte[] Checkpoint, IReadOnlyList<LaneResult> Lanes, byte[]? Records);

/// <summary>A model with its results so far: the segment loop. Lives on one training
/// thread.</summary>
internal sealed class Cohort : IDisposable
{
    private readonly Lanes lanes;
    private readonly CohortModel model;
    private readonly ChainHash chain;
    private readonly FamilySchema schema;

    public Cohort(ExperimentFamily family, Assign assign, IReadOnlyList<SafetensorsFile> parents)
    {
        schema = family.Schema;
        using var scope = new TensorScope();
        lanes = new Lanes(Lane.Of(assign), new Device(assign.Device))
        {
            Sets = assign.Sets, Saves = assign.Saves,
        };
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
                if (step == assign.FromStep && assign.Start is { } start) model.Begin(start, step);
                if (schema.MeasuresSets && assign.Borders.Contains(step))
                    Measure(step, Evaluation.All, points);
                model.Step(step);
            }
            step++;
            if (assign.Borders.Contains(step)) Measure(step, Evaluation.All, points);
            else if (IsPoint(assign, step)) Measure(step, Evaluation.Seen, points);
            reached(step);
        }
        return new SegmentOutcome(step, Save(step), Results(assign, points), points.Records());
    }

    /// <summary>The first lane after so many steps.</summary>
    public ReplayedLane Look(long steps)
    {
        using var scope = new TensorScope();
        return new ReplayedLane(model.Memory(0, steps), Save(steps));
    }

    public void Dispose() => model.Dispose();

    private static bool IsPoint(Assign assign, long step) =>
        step % assign.MeasureEvery == 0 || assign.PointsAt.Contains(step);

    private void Measure(long step, Evaluation what, PointLog points)
    {
        using var scope = new TensorScope();
        var values = model.Measure(step, what);
        var records = model.Records(step);
        points.Add(chain.Points, records);
        for (var k = 0; k < lanes.Count; k++)
        {
            // A diverged lane has no values any more; one NaN, so that its bytes are always the
            // same.
            if (model.DivergedAt(k) is not null) Array.Fill(values[k], double.NaN);
            points.Add(k, step, values[k]);
            chain.Extend(k, step, values[k], records);
        }
    }

    private byte[] Save(long step)
    {
        using var file = new MemoryStream();
        var metadata = new Dictionary<string, string>
        {
            ["family"] = schema.Name, ["step"] = $"{step}",
        };
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
    private readonly List<NamedArray> records = [];

    /// <param name="point">Its number in the trial.</param>
    public void Add(long point, IEnumerable<NamedArray> arrays) =>
        records.AddRange(arrays.Select(a => a with { Name = $"{point}/{a.Name}" }));

    public void Add(int lane, long step, double[] point)
    {
        steps[lane].Add(step);
        values[lane].Add(point);
    }

    public PackedPoints Pack(int lane) => PackedPoints.Of(steps[lane], values[lane]);

    /// <summary>Null when no point has any.</summary>
    public byte[]? Records()
    {
        if (records.Count == 0) return null;
        using var file = new MemoryStream();
        Safetensors.Write(file, records, new Dictionary<string, string>());
        return file.ToArray();
    }
}
