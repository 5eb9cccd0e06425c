using System.Collections.Immutable;
using Mneme.Specs;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Torch;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>Trains a few lanes of a family on the test's own thread.</summary>
internal sealed class Bench : IDisposable
{
    private readonly FamilySchema schema;
    private long steps;

    public Bench(ExperimentFamily family, params Lane[] lanes) : this(family, 1, [], lanes) { }

    /// <param name="sets">Data sets of the experiment.</param>
    /// <param name="saves">Names under which the model will be kept.</param>
    public Bench(
        ExperimentFamily family, int sets, ImmutableArray<string> saves, params Lane[] lanes)
    {
        // As training does, but for the priority, which a thread of the pool would keep. Without it
        // a step's bits would depend on whether another test has prepared the process meanwhile.
        TorchThread.Prepare(niceness: 0);
        schema = family.Schema;
        using var scope = new TensorScope();
        Model = family.Create(new Lanes(lanes, Device.Cpu) { Sets = sets, Saves = saves });
        Model.Begin(new PhaseStart(Set: 0), step: 0);
    }

    public CohortModel Model { get; }

    /// <summary>Steps trained so far.</summary>
    public long Steps => steps;

    /// <summary>A lane with the family's defaults but for the settings given.</summary>
    public static Lane Lane(
        ExperimentFamily family, uint seed, params (string Name, SettingValue Value)[] settings) =>
        new((int)seed, seed, family.Schema.Settings
            .ToImmutableDictionary(s => s.Name, s => s.Default)
            .SetItems(settings.Select(s => KeyValuePair.Create(s.Name, s.Value))));

    public Bench Train(long count)
    {
        for (var end = steps + count; steps < end; steps++)
        {
            using var scope = new TensorScope();
            Model.Step(steps);
        }
        return this;
    }

    /// <summary>After a checkpoint of this step was loaded.</summary>
    public void SkipTo(long step) => steps = step;

    /// <summary>The last value of a measure, by lane.</summary>
    public double[] Measure(string name)
    {
        using var scope = new TensorScope();
        var column = schema.Measures.IndexOf(name);
        return [.. Model.Measure(steps, Evaluation.All).Select(lane => lane[column])];
    }

    /// <summary>Every byte of one lane's state, by name.</summary>
    public Dictionary<string, byte[]> StateOf(int lane) => Model.State.Save().ToDictionary(
        array => array.Name,
        array =>
        {
            var size = array.Bytes.Length / (int)array.Shape[0];
            return array.Bytes.Slice(lane * size, size).ToArray();
        });

    public void Dispose() => Model.Dispose();
}
