using System.Collections.Immutable;
using Mneme.Specs;
using Mneme.Worker;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Torch;

namespace Mneme.Benchmarks;

/// <summary>Ways to train one experiment, measured in interleaved rounds.</summary>
/// <param name="title">What is trained.</param>
/// <param name="python">The interpreter that has PyTorch.</param>
/// <param name="script">Its arms.</param>
internal abstract class Benchmark(string title, string python, string script) : IDisposable
{
    private readonly List<Arm> arms = [];

    internal string Title { get; } = title;

    /// <summary>The arm that ratios are taken to.</summary>
    internal const string Baseline = "PyTorch eager, one trial";

    /// <summary>Arms that cannot run here, and why.</summary>
    internal List<string> Missing { get; } = [];

    /// <summary>Sequences or tokens that a trial reads in a step.</summary>
    internal abstract int ItemsPerStep { get; }

    /// <summary>Floating-point operations that a trial's step needs, without the elementwise
    /// ones.</summary>
    internal abstract double FloatingOperations { get; }

    internal List<Measured> Run(int rounds, double seconds)
    {
        foreach (var arm in arms) arm.Run(seconds / 4);
        List<Measured> measured = [.. arms.Select(arm => new Measured(arm, ItemsPerStep))];
        for (int round = 0; round < rounds; round++)
            foreach (var one in measured) one.Turn(seconds);
        return measured;
    }

    public void Dispose()
    {
        foreach (var arm in arms) arm.Dispose();
    }

    protected void Add(Arm arm) => arms.Add(arm);

    /// <summary>An arm of the script; without PyTorch it is told of and left out.</summary>
    protected void AddPython(
        string name, string arm, int lanes, string[]? size = null, int processes = 1)
    {
        try
        {
            arms.Add(new PythonArm(
                python, name, [script, arm, $"{lanes}", .. size ?? []], lanes, processes));
        }
        catch (Exception exception)
            when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            Missing.Add($"{name}: {exception.Message}");
        }
    }

    /// <summary>A family of the catalogue as a worker trains it, with the records that it
    /// keeps.</summary>
    protected static (Action Step, IDisposable Owner) Family(
        string name, int lanes, params (string Name, SettingValue Value)[] given)
    {
        var family = Catalog.Find(name);
        var settings = family.Schema.Settings.ToImmutableDictionary(s => s.Name, s => s.Default)
            .SetItems(given.Select(s => KeyValuePair.Create(s.Name, s.Value)));
        using var scope = new TensorScope();
        var model = family.Create(new Lanes(
            Enumerable.Range(0, lanes).Select(k => new Lane(k, (uint)k, settings)), Device.Cpu));
        long now = 0;
        return (() =>
        {
            using var step = new TensorScope();
            model.Step(now++);
        }, model);
    }
}
