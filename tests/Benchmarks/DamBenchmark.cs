using Mneme.Specs;
using static Mneme.Specs.SettingValue;

namespace Mneme.Benchmarks;

/// <summary>A size of dam.</summary>
internal sealed record DamSize(
    string Name, int Length, int Sequences, int Memory, int Heads, int Batch, double Rate,
    double Deviation, int[] Lanes, int[] PythonLanes) : BenchmarkSize(Name)
{
    internal static readonly DamSize Small =
        new("small", 12, 16, 64, 8, 16, 3e-2, .01, [1, 8, 64, 256], [1, 8, 64]);

    internal static readonly DamSize Published =
        new("published", 50, 500, 3000, 30, 50, 1e-2, .1, [1, 4, 8], [1, 4]);

    internal (string, SettingValue)[] Settings =>
    [
        ("sequence_length", new Integer(Length)), ("sequences", new Integer(Sequences)),
        ("memory_size", new Integer(Memory)), ("heads", new Integer(Heads)),
        ("batch_size", new Integer(Batch)), ("learning_rate", new Real(Rate)),
        ("init_std", new Real(Deviation)),
    ];
}

/// <summary>Every arm on the step of dam, with the memory in use.</summary>
internal sealed class DamBenchmark : Benchmark
{
    private readonly DamSize size;

    internal DamBenchmark(string python, DamSize size)
        : base(
            $"dam, {size.Name} size: N {size.Length}, S {size.Sequences}, M {size.Memory}, "
            + $"batch {size.Batch}, H {size.Heads}",
            python, "dam_opponents.py")
    {
        this.size = size;
        AddPython(Baseline, "eager", 1, [size.Name]);
        foreach (int lanes in size.PythonLanes)
            AddPython("PyTorch at its best, by hand", "lanes", lanes, [size.Name]);
        foreach (int lanes in size.Lanes)
            Add(new OwnArm("Mneme", lanes, k => Family("dam", k, size.Settings)));
    }

    internal override int ItemsPerStep => size.Batch;

    // Products of the keys, of the queries, of the scores, each forward and to both factors; the
    // chances forward and to the softmax. Over distinct sequences, which is what has to be read.
    internal override double FloatingOperations
    {
        get
        {
            double pairs = (size.Length - 1.0) * size.Batch * size.Sequences;
            double keys = (double)size.Heads * size.Length * size.Sequences;
            double queries = (size.Length - 1.0) * size.Batch * size.Heads * size.Length;
            return 2 * (2 * keys + 2 * queries + 3 * pairs * size.Heads + 2 * 2 * pairs);
        }
    }
}
