namespace Mneme.Benchmarks;

/// <summary>Every arm on the memory-MLP step at its defaults.</summary>
internal sealed class MemoryMlpBenchmark : Benchmark
{
    private const string Own = "Mneme";
    private static readonly int[] LaneCounts = [1, 8, 16, 32, 64, 512];
    private static readonly int[] PythonLaneCounts = [1, 8, 64, 512];

    internal MemoryMlpBenchmark(string python)
        : base("memory-mlp at its defaults", python, "memory_mlp_opponents.py")
    {
        int cores = Environment.ProcessorCount;
        AddPython(Baseline, "eager", 1);
        AddPython("PyTorch eager, a process per core", "eager", 1, processes: cores);
        foreach (int lanes in PythonLaneCounts) AddPython("functorch vmap", "vmap", lanes);
        foreach (int lanes in PythonLaneCounts)
            AddPython("PyTorch, fused by hand", "handfused", lanes);
        foreach (int lanes in LaneCounts) Add(new OwnArm(Own, lanes, Family));
        Add(new ThreadsArm(
            "Mneme, a cohort per core", 64, cores, () => new OwnArm(Own, 64, Family)));
        foreach (int lanes in LaneCounts) Add(new OwnArm("Mneme, leanest step", lanes, Lean));
    }

    internal override int ItemsPerStep => 1;

    // Products with the first layer's weights, forward, to the embedding and to the weights; the
    // heads twice. Adam and the activations are not counted.
    internal override double FloatingOperations => 3 * 2 * 64 * 128 + 4 * 2 * 130 * 2;

    private static (Action, IDisposable) Lean(int lanes)
    {
        var step = new MemoryMlpStep(lanes);
        return (step.Step, step);
    }

    private static (Action, IDisposable) Family(int lanes) => Family("memory-mlp", lanes);
}
