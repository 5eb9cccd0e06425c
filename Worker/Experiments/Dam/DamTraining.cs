using Mneme.Worker.Cohorts;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>The step of <see cref="Dam"/>: loss, gradients, and what is recorded of them.</summary>
internal sealed class DamTraining
{
    private readonly Lanes lanes;
    private readonly DamNet net;
    private readonly DamTables tables;
    private readonly DamRetrieval retrieval;
    private readonly int batch, length;
    private readonly Tensor share;              // [lane, 1, 1]: of one loss in its lane's mean
    private readonly Tensor? first;             // [lane]: predicts n = 0 too; null: none does
    private readonly Tensor clamped;            // [lane]: share of the last step's predictions

    public DamTraining(
        Lanes lanes, LaneState state, DamNet net, DamTables tables, DamRetrieval retrieval)
    {
        (this.lanes, this.net, this.tables, this.retrieval) = (lanes, net, tables, retrieval);
        (batch, length) = (lanes.Size("batch_size"), lanes.Size("sequence_length"));
        var includes = lanes.Each(DamData.IncludesFirst);
        share = state.Hold(Tensor.From(
            [.. includes.Select(also => 1f / (batch * (length - (also ? 0 : 1))))],
            [lanes.Count, 1, 1], lanes.Device));
        if (includes.Contains(true))
            first = state.Hold(Tensor.From(includes, [lanes.Count], lanes.Device));
        clamped = state.Add("clamped", Tensor.Zeros([lanes.Count], device: lanes.Device));
    }

    /// <summary>Begins a phase: nothing is known of its last step.</summary>
    public void Begin() => clamped.FillInPlace(double.NaN);

    /// <summary>Which share of the last step's predictions the clamp cut.   // [lane]</summary>
    public double[] ClampedShares() => [.. clamped.ToArray<float>().Select(part => (double)part)];

    /// <param name="places">Of the batch, in each lane's set.   // [lane * batch]</param>
    public void Step(long step, long[] places, DamLearning learning, TrainingLog log)
    {
        var rows = tables.Rows(places);                             // [lane, batch, length]
        var isAhead = rows.Gt(0.0);
        var queries = net.Queries(rows);                            // [lane, n, batch, head]
        var place = Tensor.From(places, [lanes.Count, batch], lanes.Device);
        var keys = new List<Tensor>();
        var parts = new List<DamPart>();
        foreach (var table in tables.Tables)
        {
            keys.Add(net.Keys(table.Bits, table.FirstLane));
            parts.Add(retrieval.Retrieve(
                tables.Ask(table, queries.Detach(), keys[^1].Detach(), isAhead, place, share),
                learning.Anything));
        }
        // Tables may differ in their rows: their keys stay apart.
        var part = DamPart.Join(0, [.. parts.Select(p => p with { KeySlope = null })]);
        var idle = lanes.Each((k, _) => tables.IsEmpty(k));
        Record(step, part, FirstBit(isAhead), idle, log);
        if (part.QuerySlope is null) return;
        var slopes = Autograd.Grad([queries, .. keys], [net.QueryLogits, net.KeyLogits],
            [part.QuerySlope, .. parts.Select(p => p.KeySlope!)]);
        learning.Step(slopes, idle, log.Healthy);
    }

    private void Record(
        long step, DamPart part, DamAnswer? firstBit, bool[] idle, TrainingLog log)
    {
        var shares = share.View(lanes.Count);
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
            var empty = Tensor.From(idle, [lanes.Count], lanes.Device);
            loss = Tensor.Where(empty, Tensor.Scalar(Math.Log(2), device: lanes.Device), loss);
            hit = Tensor.Where(empty, Tensor.Scalar(.5, device: lanes.Device), hit);
        }
        log.Record(step, loss, hit);
        clamped.CopyFrom(Sum(part.Clamped) / (batch * (length - 1L)));
    }

    // With nothing revealed all scores are zero: the chance of +1 is its share in memory.
    private DamAnswer? FirstBit(Tensor isAhead)
    {
        if (first is null) return null;
        var chance = tables.FirstBits().Expand(-1, batch, -1);
        return BitReading.Judge(chance, isAhead.Select(2, 0));      // [lane, batch]
    }
}
