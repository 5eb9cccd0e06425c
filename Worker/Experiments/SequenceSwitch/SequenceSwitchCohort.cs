using System.Runtime.InteropServices;
using Mneme.Results;
using Mneme.Specs;
using Mneme.Worker.Cohorts;

namespace Mneme.Worker.Experiments;

/// <summary>The step and the switches of <see cref="SequenceSwitch"/>.</summary>
internal sealed class SequenceSwitchCohort : CohortModel
{
    private readonly int batch;
    private readonly SequenceData data;
    private readonly SequenceParameters parameters;
    private readonly SequenceLearning learning;
    private readonly SequenceLog log;
    private readonly SequenceMeasures measures;
    private bool isAtStart;                     // of a phase: its set is recorded once

    public SequenceSwitchCohort(Lanes lanes) : base(lanes)
    {
        batch = lanes.Size("batch_size");
        var shape = SequenceShape.Of(lanes);
        data = new SequenceData(lanes, State);
        parameters = new SequenceParameters(lanes, State, shape);
        learning = new SequenceLearning(lanes, State, shape, parameters);
        log = new SequenceLog(lanes, State, data);
        measures = new SequenceMeasures(lanes, data, parameters, log,
            new SequenceEvaluation(lanes, data, parameters, learning));
    }

    public override void Begin(PhaseStart start, long step)
    {
        if (start.Save is { } save) parameters.Keep(save, data.Present);
        if (start.Switch is { } how) Switch(how);
        var probe = start.Set == PhaseStart.Apart ? start.Switch : null;
        data.Begin(start.Set, probe is null ? 0 : ((SettingValue.Integer)probe["sequences"]).Value);
        log.Begin(step, probe is null ? double.NaN : Real(probe, "threshold"));
        isAtStart = true;
    }

    public override void Step(long step)
    {
        var places = new long[Lanes.Count * batch];
        for (var k = 0; k < Lanes.Count; k++) data.Draw(k, step, places.AsSpan(k * batch, batch));
        var slopes = learning.Slopes(data.Batch(places));
        log.Record(step, places, slopes.Loss, slopes.Hits);         // before the update
        learning.Step(slopes.ByName, log.Healthy);
        isAtStart = false;
    }

    public override double[][] Measure(long steps, Evaluation what) =>
        measures.Measure(steps, what);

    public override IReadOnlyList<NamedArray> Records(long steps) =>
    [
        .. measures.Rows(), .. log.Records(steps), .. Sequences().Take(isAtStart ? 1 : 0),
    ];

    public override long? DivergedAt(int lane) => log.DivergedAt(lane);

    public override LaneMemory? Memory(int lane, long steps) =>
        SequenceMemory.Of(lane, data, log, parameters);

    // Model and optimiser go on, unless the switch says otherwise.
    private void Switch(SwitchSpec how)
    {
        if (how.Kind == "swap")
            parameters.PutBack(((SettingValue.Text)how["saved"]).Value, Parts(how, "parts"));
        learning.Freeze(Parts(how, "freeze"));
        var isProbe = how.Kind == "probe";
        if (isProbe || ((SettingValue.Text)how["optimiser"]).Value == "fresh")
            learning.BeginAfresh();
        learning.SetRate(lane =>
            isProbe ? Real(how, "learning_rate") : lane.Real("learning_rate"));
    }

    // The present set of each lane.   // [lane, sequence, bit]
    private IEnumerable<NamedArray> Sequences()
    {
        var sets = Lanes.Each((k, _) => data.Set(k, data.Present[k]).Bits);
        var bits = new List<sbyte>();
        foreach (var set in sets) bits.AddRange(MemoryMarshal.Cast<byte, sbyte>(set.Bits.Span));
        yield return NamedArray.Of<sbyte>("sequences", bits.ToArray(), Lanes.Count, sets[0].Count,
            Lanes.Size("sequence_length"));
    }

    private static HashSet<SequencePart> Parts(SwitchSpec how, string setting) =>
        SequenceLearning.Named(((SettingValue.Texts)how[setting]).Values);

    private static double Real(SwitchSpec how, string setting) =>
        ((SettingValue.Real)how[setting]).Value;
}
