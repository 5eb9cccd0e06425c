using Mneme.Specs;
using static Mneme.Specs.SettingValue;

namespace Mneme.Benchmarks;

/// <summary>A size of sequence-switch.</summary>
internal sealed record SequenceSwitchSize(
    string Name, int Sequences, int Length, int Heads, int Features, int Layers, int Batch,
    double Rate, string Distribution, int[] Lanes, int[] PythonLanes) : BenchmarkSize(Name)
{
    internal static readonly SequenceSwitchSize Small =
        new("small", 16, 12, 4, 8, 3, 16, 3e-3, "uniform", [1, 8, 64], [1, 8, 64]);

    internal static readonly SequenceSwitchSize Published =
        new("published", 100_000, 100, 6, 16, 3, 256, 1e-3, "zipf", [1, 2], [1, 2]);

    internal int Width => Heads * Features;

    internal (string, SettingValue)[] Settings =>
    [
        ("sequences", new Integer(Sequences)), ("sequence_length", new Integer(Length)),
        ("heads", new Integer(Heads)), ("features", new Integer(Features)),
        ("mlp_layers", new Integer(Layers)), ("batch_size", new Integer(Batch)),
        ("learning_rate", new Real(Rate)), ("distribution", new Text(Distribution)),
    ];
}

/// <summary>Every arm on the step of sequence-switch.</summary>
internal sealed class SequenceSwitchBenchmark : Benchmark
{
    private readonly SequenceSwitchSize size;

    internal SequenceSwitchBenchmark(string python, SequenceSwitchSize size)
        : base(
            $"sequence-switch, {size.Name} size: S {size.Sequences}, L {size.Length}, "
            + $"{size.Heads} heads of {size.Features}, batch {size.Batch}",
            python, "sequence_switch_opponents.py")
    {
        this.size = size;
        AddPython(Baseline, "eager", 1, [size.Name]);
        foreach (int lanes in size.PythonLanes)
            AddPython("PyTorch, lanes by hand", "lanes", lanes, [size.Name]);
        foreach (int lanes in size.Lanes)
            Add(new OwnArm("Mneme", lanes, k => Family("sequence-switch", k, size.Settings)));
    }

    internal override int ItemsPerStep => size.Batch;

    // Queries, keys and values, the layers of the MLP and the head, each forward and to both
    // factors; scores and their use over all pairs of positions, as they are computed.
    internal override double FloatingOperations
    {
        get
        {
            double seen = size.Length - 1, width = size.Width;
            double perPosition = 3 * width * width + size.Layers * width * width + 2 * width;
            return 3 * 2 * size.Batch * seen * (perPosition + 2 * seen * width);
        }
    }
}
