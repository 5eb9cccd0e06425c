using Mneme.Results;
using Mneme.Specs;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Experiments;
using Mneme.Worker.Torch;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>Lanes of <see cref="SequenceSwitch"/> with switches.</summary>
internal sealed class SequenceBench : IDisposable
{
    private static readonly SequenceSwitch Family = new();
    private readonly FamilySchema schema = Family.Schema;
    private readonly Bench bench;

    public SequenceBench(params Lane[] lanes) => bench = new Bench(Family, 3, ["first"], lanes);

    public CohortModel Model => bench.Model;

    public long Steps => bench.Steps;

    /// <summary>The description's size for quick checks.</summary>
    public static SequenceBench Small(
        int seeds, params (string Name, SettingValue Value)[] settings) =>
        new([.. Enumerable.Range(0, seeds).Select(seed => Lane((uint)seed, settings))]);

    public static Lane Lane(uint seed, params (string Name, SettingValue Value)[] settings) =>
        Bench.Lane(Family, seed,
        [
            ("sequences", new Integer(16)), ("sequence_length", new Integer(12)),
            ("distribution", new Text("uniform")), ("heads", new Integer(4)),
            ("features", new Integer(8)), ("batch_size", new Integer(16)),
            ("learning_rate", new Real(3e-3)), ("eval_stride", new Integer(1)), .. settings,
        ]);

    public SequenceBench Train(long count)
    {
        bench.Train(count);
        return this;
    }

    /// <summary>Begins a phase; settings not given have their defaults.</summary>
    public SequenceBench Switch(
        string kind, int set, string? save = null, params (string Name, SettingValue Value)[] given)
    {
        using var scope = new TensorScope();
        var known = schema.Switches.First(s => s.Kind == kind).Settings;
        var settings = known.Select(s => new Setting(
            s.Name, given.FirstOrDefault(g => g.Name == s.Name).Value ?? s.Default));
        Model.Begin(new PhaseStart(set, new SwitchSpec(kind, [.. settings]), save), Steps);
        return this;
    }

    /// <summary>A measure, by lane.</summary>
    public double[] Measure(string name, Evaluation what = Evaluation.All)
    {
        using var scope = new TensorScope();
        var column = schema.Columns(["A", "B", "C"]).IndexOf(name);
        return [.. Model.Measure(Steps, what).Select(lane => lane[column])];
    }

    /// <summary>Measures, and gives what belongs to the point beside its columns.</summary>
    public IReadOnlyList<NamedArray> Records(Evaluation what = Evaluation.All)
    {
        using var scope = new TensorScope();
        Model.Measure(Steps, what);
        return Model.Records(Steps);
    }

    /// <summary>As if so many steps had been trained.</summary>
    public void SkipTo(long step) => bench.SkipTo(step);

    public Dictionary<string, byte[]> StateOf(int lane) => bench.StateOf(lane);

    public void Dispose() => bench.Dispose();
}
