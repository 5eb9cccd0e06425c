using Mneme.Results;
using Mneme.Specs;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Memories;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>The step and the switch of <see cref="Dam"/>.</summary>
internal sealed class DamCohort : CohortModel
{
    // Scores of one tile. Measured at the published size, 8 lanes, one core: 16 Ki 59 ms a step,
    // 128 Ki 46, 1 Mi 37, no limit 48 and 19 MB more for each lane. A GPU wants large tiles.
    private const int RoomOnCpu = 1 << 20, RoomElsewhere = 1 << 26;

    private readonly int batch, length;
    private readonly DamData data;
    private readonly DamNet net;
    private readonly SequenceQueue? queue;      // null: the whole set is the memory
    private readonly DamTables tables;
    private readonly DamRetrieval retrieval;
    private readonly DamLearning learning;
    private readonly TrainingLog log;
    private readonly Tensor share;              // [lane, 1, 1]: of one loss in its lane's mean
    private readonly Tensor? first;             // [lane]: predicts n = 0 too; null: none does
    private Tensor? clamped;                    // [lane]: share of the last step's predictions

    public DamCohort(Lanes lanes) : base(lanes)
    {
        (batch, length) = (lanes.Size("batch_size"), lanes.Size("sequence_length"));
        data = new DamData(lanes, State);
        net = new DamNet(lanes, State);
        var namesSequences = lanes[0].Text("variant") == "infonce";
        if (!namesSequences)
            queue = new SequenceQueue(State, lanes.Count, lanes.Size("memory_size"),
                lanes[0].Text("initial_memory") == "zeros");
        tables = new DamTables(lanes, data, queue);
        retrieval = new DamRetrieval(
            namesSequences ? new NameReading() : new BitReading(), batch, length - 1,
            lanes.Device.IsCpu ? RoomOnCpu : RoomElsewhere);
        learning = new DamLearning(lanes, State, net);
        log = new TrainingLog(State, lanes.Count, 1, lanes.Device, DType.Float32);
        var includes = lanes.Each(DamData.IncludesFirst);
        share = State.Hold(Tensor.From(
            [.. includes.Select(also => 1f / (batch * (length - (also ? 0 : 1))))],
            [lanes.Count, 1, 1], lanes.Device));
        if (includes.Contains(true))
            first = State.Hold(Tensor.From(includes, [lanes.Count], lanes.Device));
    }

    public override void Step(long step)
    {
        tables.Follow();
        var places = new long[Lanes.Count * batch];
        for (var k = 0; k < Lanes.Count; k++) data.Draw(k, step, places.AsSpan(k * batch, batch));
        Train(step, places);
        // Prediction and update saw the memory from before the batch.
        for (var k = 0; k < Lanes.Count; k++) Remember(k, places.AsSpan(k * batch, batch));
    }

    public override void Begin(PhaseStart start, long step)
    {
        Array.Fill(data.Present, start.Set);
        if (start.Switch is not { } how) return;
        if (((SettingValue.Flag)how["clear_memory"]).Value)
            for (var k = 0; k < Lanes.Count; k++) queue?.Clear(k);
        var mode = (SettingValue.Text)how["mode"];
        learning.Begin(DamLearning.ModeOf(mode.Value), data.Present);
        log.Restart(step);
    }

    public override double[][] Measure(long steps, Evaluation what)
    {
        var figures = log.Figures(steps);
        var weights = new DamWeights(Lanes, net);
        var cut = clamped?.ToArray<float>();
        return Lanes.Each((k, _) =>
        {
            var ceiling = data.Ceiling(k);
            var memory = DamContents.Of(k, data, queue);
            return new[]
            {
                figures.Loss[k], figures.Accuracy[k], ceiling, figures.Accuracy[k] / ceiling,
                weights.Sharpness[k], weights.HeadCorrelation[k],
                memory.Fill, memory.Distinct, memory.PresentShare, cut?[k] ?? double.NaN,
            };
        });
    }

    public override long? DivergedAt(int lane) => log.DivergedAt(lane);

    public override LaneMemory? Memory(int lane, long steps) =>
        DamMemory.Of(lane, batch, data, queue);

    public override void Dispose()
    {
        tables.Dispose();
        clamped?.Dispose();
        base.Dispose();
    }

    private void Train(long step, long[] places)
    {
        var rows = tables.Rows(places);                             // [lane, batch, length]
        var isAhead = rows.Gt(0.0);
        var queries = net.Queries(rows);                            // [lane, n, batch, head]
        var place = Tensor.From(places, [Lanes.Count, batch], Lanes.Device);
        var keys = new List<Tensor>();
        var parts = new List<DamPart>();
        foreach (var table in tables.Tables)
        {
            Tensor Own(Tensor all) => all.Narrow(0, table.FirstLane, table.Lanes);
            keys.Add(net.Keys(table.Bits, table.FirstLane));
            parts.Add(retrieval.Retrieve(
                new DamQuestion(
                    Own(queries.Detach()), keys[^1].Detach(),
                    table.Counts(queue, data.Sequences, Lanes.Device).Log(),
                    table.Sides.Narrow(1, 1, length - 1),
                    Own(isAhead).Transpose(1, 2).Narrow(1, 1, length - 1), Own(place), Own(share)),
                learning.Anything));
        }
        // Tables may differ in their rows: their keys stay apart.
        var part = DamPart.Join(0, [.. parts.Select(p => p with { KeySlope = null })]);
        var idle = Lanes.Each((k, _) => queue?.IsEmpty(k) ?? false);
        Record(step, part, FirstBit(isAhead), idle);
        if (part.QuerySlope is null) return;
        var slopes = Autograd.Grad([queries, .. keys], [net.QueryLogits, net.KeyLogits],
            [part.QuerySlope, .. parts.Select(p => p.KeySlope!)]);
        learning.Step(slopes, idle, log.Healthy);
    }

    private void Record(long step, DamPart part, DamAnswer? firstBit, bool[] idle)
    {
        var shares = share.View(Lanes.Count);
        Tensor Sum(Tensor values) => values.To(DType.Float32).Sum(1, 2);
        var (loss, hit) = (Sum(part.Loss), Sum(part.Hit));          // [lane]
        if (firstBit is not null)
        {
            loss = Tensor.Where(first!, loss + firstBit.Loss.Sum(1), loss);
            hit = Tensor.Where(first!, hit + firstBit.Hit.To(DType.Float32).Sum(1), hit);
        }
        (loss, hit) = (loss * shares, hit * shares);
        if (idle.Contains(true))
        {
            var empty = Tensor.From(idle, [Lanes.Count], Lanes.Device);
            loss = Tensor.Where(empty, Tensor.Scalar(Math.Log(2), device: Lanes.Device), loss);
            hit = Tensor.Where(empty, Tensor.Scalar(.5, device: Lanes.Device), hit);
        }
        log.Record(step, loss, hit);
        clamped?.Dispose();
        clamped = (Sum(part.Clamped) / (batch * (length - 1L))).Keep();
    }

    // With nothing revealed all scores are zero: the chance of +1 is its share in memory.
    private DamAnswer? FirstBit(Tensor isAhead)
    {
        if (first is null) return null;
        var chances = tables.Tables.Select(table =>
        {
            var counts = table.Counts(queue, data.Sequences, Lanes.Device);     // [lanes, 1, row]
            return counts.Bmm(table.Sides.Select(1, 0)) / counts.Sum([2], true);
        });
        var chance = Tensor.Cat(0, [.. chances]).Expand(-1, batch, -1);
        return BitReading.Judge(chance, isAhead.Select(2, 0));      // [lane, batch]
    }

    private void Remember(int lane, Span<long> places)
    {
        foreach (ref var place in places) place += data.Present[lane] * data.Sequences;
        queue?.Append(lane, places);
    }
}
