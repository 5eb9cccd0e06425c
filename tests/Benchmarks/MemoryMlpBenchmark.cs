using System.Collections.Immutable;
using Mneme.Specs;
using Mneme.Worker;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Torch;

namespace Mneme.Benchmarks;

/// <summary>Every arm on the memory-MLP step at its defaults, in interleaved rounds.</summary>
internal sealed class MemoryMlpBenchmark : IDisposable
{
    internal static readonly int[] LaneCounts = [1, 8, 16, 32, 64, 512];
    private static readonly int[] PythonLaneCounts = [1, 8, 64, 512];

    private readonly List<Arm> arms = [];

    internal MemoryMlpBenchmark(string python)
    {
        Try(() => new PythonArm(python, Names.Eager, "eager", 1));
        Try(() => new PythonArm(python, Names.Processes, "eager", 1, Environment.ProcessorCount));
        foreach (int lanes in PythonLaneCounts)
            Try(() => new PythonArm(python, Names.Vmap, "vmap", lanes));
        foreach (int lanes in PythonLaneCounts)
            Try(() => new PythonArm(python, Names.HandFused, "handfused", lanes));
        foreach (int lanes in LaneCounts)
            arms.Add(new OwnArm(Names.Family, lanes, Family));
        arms.Add(new ThreadsArm(
            Names.Cohorts, 64, Environment.ProcessorCount,
            () => new OwnArm(Names.Family, 64, Family)));
        foreach (int lanes in LaneCounts)
            arms.Add(new OwnArm(Names.Lean, lanes, Lean));
    }

    /// <summary>Arms that cannot run here, and why.</summary>
    internal List<string> Missing { get; } = [];

    internal List<Measured> Run(int rounds, double seconds)
    {
        var measured = arms.Select(arm => new Measured(arm)).ToList();
        foreach (var one in measured) one.Turn(seconds / 4);
        measured = [.. arms.Select(arm => new Measured(arm))];
        for (int round = 0; round < rounds; round++)
            foreach (var one in measured) one.Turn(seconds);
        return measured;
    }

    public void Dispose()
    {
        foreach (var arm in arms) arm.Dispose();
    }

    private void Try(Func<Arm> make)
    {
        try
        {
            arms.Add(make());
        }
        catch (Exception exception)
            when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            Missing.Add(exception.Message);
        }
    }

    private static (Action, IDisposable) Lean(int lanes)
    {
        var step = new MemoryMlpStep(lanes);
        return (step.Step, step);
    }

    // As a worker trains it: the family of the catalogue, with the records that it keeps.
    private static (Action, IDisposable) Family(int lanes)
    {
        var family = Catalog.Find("memory-mlp");
        var settings = family.Schema.Settings.ToImmutableDictionary(s => s.Name, s => s.Default);
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

    internal static class Names
    {
        internal const string Eager = "PyTorch eager, one trial";
        internal const string Processes = "PyTorch eager, a process per core";
        internal const string Vmap = "functorch vmap";
        internal const string HandFused = "PyTorch, fused by hand";
        internal const string Family = "Mneme";
        internal const string Cohorts = "Mneme, a cohort per core";
        internal const string Lean = "Mneme, leanest step";
    }
}
