using Mneme.Results;
using Mneme.Specs;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Memories;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>Phases, steps and points of <see cref="Dam"/>.</summary>
internal sealed class DamCohort : CohortModel
{
    // Scores of one tile. Measured at the published size, 8 lanes, one core: 16 Ki 59 ms a step,
    // 128 Ki 46, 1 Mi 37, no limit 48 and 19 MB more for each lane. A GPU wants large tiles.
    private const int RoomOnCpu = 1 << 20, RoomElsewhere = 1 << 26;

    private readonly int batch;
    private readonly DamData data;
    private readonly DamNet net;
    private readonly SequenceQueue? queue;      // null: the whole set is the memory
    private readonly DamTables tables;
    private readonly DamTraining training;
    private readonly DamLearning learning;
    private readonly DamEvaluation evaluation;
    private readonly TrainingLog log;
    private readonly long[] phase;              // [lane]: its number, from 0; -1 before the first
    private readonly bool[] trained;            // [lane, set]
    private readonly Dictionary<long, DamScore[]> scores = [];  // of the last point, by set
    private bool hasBegun;                      // a phase, and no step of it is done

    public DamCohort(Lanes lanes) : base(lanes)
    {
        batch = lanes.Size("batch_size");
        data = new DamData(lanes, State);
        net = new DamNet(lanes, State);
        var namesSequences = lanes[0].Text("variant") == "infonce";
        if (!namesSequences)
            queue = new SequenceQueue(State, lanes.Count, lanes.Size("memory_size"),
                lanes[0].Text("initial_memory") == "zeros");
        tables = new DamTables(lanes, data, queue);
        var retrieval = new DamRetrieval(
            namesSequences ? new NameReading() : new BitReading(), data.Length - 1,
            lanes.Device.IsCpu ? RoomOnCpu : RoomElsewhere);
        learning = new DamLearning(lanes, State, net);
        log = new TrainingLog(State, lanes.Count, 1, lanes.Device, DType.Float32);
        training = new DamTraining(lanes, State, net, tables, retrieval);
        evaluation = new DamEvaluation(lanes, data, net, tables, retrieval);
        phase = State.Add("phase", lanes.Each(_ => -1L));
        trained = State.Add("trained", new bool[lanes.Count * lanes.Sets]);
    }

    public override void Begin(PhaseStart start, long step)
    {
        hasBegun = true;
        Array.Fill(data.Present, start.Set);
        for (var k = 0; k < Lanes.Count; k++)
        {
            phase[k]++;
            foreach (var set in data.Parts(start.Set).Where(set => set < Lanes.Sets))
                trained[k * Lanes.Sets + set] = true;
        }
        training.Begin();
        log.Restart(step);
        if (start.Switch is { } how) Switch(how);
    }

    public override void Step(long step)
    {
        hasBegun = false;
        tables.Follow();
        var places = new long[Lanes.Count * batch];
        for (var k = 0; k < Lanes.Count; k++) data.Draw(k, step, places.AsSpan(k * batch, batch));
        training.Step(step, places, learning, log);
        // Prediction and update saw the memory from before the batch.
        for (var k = 0; k < Lanes.Count; k++) Remember(k, places.AsSpan(k * batch, batch));
    }

    public override double[][] Measure(long steps, Evaluation what)
    {
        var figures = log.Figures(steps);
        var weights = new DamWeights(Lanes, net);
        var cut = training.ClampedShares();
        Evaluate(what);
        return Lanes.Each((k, _) =>
        {
            var ceiling = data.Ceilings(k, data.Present[k]).Drawn;
            var memory = DamContents.Of(k, data, queue);
            return (double[])
            [
                figures.Loss[k], figures.Accuracy[k], ceiling, figures.Accuracy[k] / ceiling,
                weights.Sharpness[k], weights.HeadCorrelation[k],
                memory.Fill, memory.Distinct, memory.PresentShare, cut[k],
                figures.Online[k], .. Resources(figures.Steps[k], memory),
                .. OfSets(what, k, score => score.Accuracy), .. OfSets(what, k, s => s.Loss),
                .. OfSets(what, k, s => s.Ceiling), .. OfSets(what, k, s => s.Chance),
            ];
        });
    }

    public override IReadOnlyList<NamedArray> Records(long steps) => DamRecords.Of(
        Lanes, data, new DamWeights(Lanes, net), phase,
        Lanes.Each((k, _) => scores[data.Present[k]][k]), hasBegun);

    public override long? DivergedAt(int lane) => log.DivergedAt(lane);

    public override LaneMemory? Memory(int lane, long steps) =>
        DamMemory.Of(lane, batch, data, queue);

    public override void Dispose()
    {
        tables.Dispose();
        base.Dispose();
    }

    private void Switch(SwitchSpec how)
    {
        var clears = how.Kind == "clear" || (how.Kind is "redraw" or "return"
            && ((SettingValue.Flag)how["clear_memory"]).Value);
        for (var k = 0; k < Lanes.Count && clears; k++) queue?.Clear(k);
        if (how.Kind == "freeze")
            learning.Begin(DamLearning.Freezing(((SettingValue.Text)how["part"]).Value), phase);
        if (how.Kind is "redraw" or "return")
            learning.Begin(DamLearning.ModeOf(((SettingValue.Text)how["mode"]).Value), phase);
    }

    // Of the phase; the bytes are those of the stored sequences' vectors, a float a bit.
    private double[] Resources(double steps, DamContents memory) =>
    [
        steps * batch, (double)memory.Entries * data.Length * sizeof(float),
        queue is null ? 0 : steps * batch,
    ];

    // All sets that are asked for in some lane, and each lane's own.
    private void Evaluate(Evaluation what)
    {
        scores.Clear();
        for (var set = 0; set < Lanes.Sets; set++)
            if (Lanes.Each((k, _) => IsAsked(what, k, set)).Contains(true))
                scores[set] = evaluation.Of(set);
        foreach (var set in data.Present.Where(set => !scores.ContainsKey(set)).Distinct())
            scores[set] = evaluation.Of(set);
    }

    private bool IsAsked(Evaluation what, int lane, int set) =>
        what == Evaluation.All || trained[lane * Lanes.Sets + set];

    private IEnumerable<double> OfSets(Evaluation what, int lane, Func<DamScore, double> value) =>
        Enumerable.Range(0, Lanes.Sets).Select(set =>
            IsAsked(what, lane, set) ? value(scores[set][lane]) : double.NaN);

    private void Remember(int lane, Span<long> places)
    {
        // Places in all sets together are such numbers already.
        foreach (ref var place in places)
            if (data.Present[lane] >= 0) place += data.Present[lane] * data.Sequences;
        queue?.Append(lane, places);
    }
}
