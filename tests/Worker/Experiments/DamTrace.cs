using System.Runtime.InteropServices;
using Mneme.Random;
using Mneme.Specs;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Experiments;
using Mneme.Worker.Torch;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>One lane of dam, step by step, beside its own account of data and memory.</summary>
internal sealed class DamTrace : IDisposable
{
    public const int Sets = 3;
    private static readonly Dam Family = new();
    private readonly Bench bench;
    private readonly Lane lane;
    private readonly int length, heads, batch;
    private readonly bool startsWithZeros;
    private readonly List<double[]> memory = [];
    private long step, set;

    public DamTrace(uint seed, params (string, SettingValue)[] settings)
    {
        lane = Bench.Lane(Family, seed, settings);
        bench = new Bench(Family, Sets, saves: [], lane);
        (length, heads) = (Size("sequence_length"), Size("heads"));
        batch = Size("batch_size");
        startsWithZeros = lane.Text("initial_memory") == "zeros";
        if (startsWithZeros) Clear();
    }

    public Bench Bench => bench;

    /// <summary>What the next step is given.</summary>
    public DamProblem Problem()
    {
        var (a, b) = (Floats("A_logits"), Floats("B_logits"));
        return new DamProblem(
            [.. Enumerable.Range(0, length).Select(n => Rows(a, n * heads))], Rows(b, 0),
            [.. memory], Batch(), lane.Real("eta"), ((Flag)lane["include_n0"]).Value);

        double[][] Rows(double[] all, int first) => [.. Enumerable.Range(first, heads)
            .Select(row => all[(row * length)..((row + 1) * length)])];
    }

    /// <summary>Trains the step; its gradients are read off Adam's means, which begin at zero in
    /// each of these steps.</summary>
    public DamSolution Step()
    {
        var place = (int)(step % TrainingLog.Window);
        Set("adam_A/mean0", new float[length * heads * length]);
        Set("adam_B/mean0", new float[heads * length]);
        var drawn = Batch();
        bench.Train(1);
        step++;
        memory.AddRange(drawn);
        memory.RemoveRange(0, Math.Max(0, memory.Count - Size("memory_size")));
        return new DamSolution(
            Floats("log/losses")[place], Floats("log/hits")[place],
            Slope("adam_A/mean0"), Slope("adam_B/mean0"));

        double[] Slope(string mean) => [.. Floats(mean).Select(value => value / (1 - .9f))];
    }

    public void Switch(string mode, bool clear = true) =>
        Begin((int)set + 1, Redraw(mode, clear), clear);

    /// <param name="clears">Whether the switch empties the memory.</param>
    public void Begin(int next, SwitchSpec how, bool clears)
    {
        using var scope = new TensorScope();
        bench.Model.Begin(new PhaseStart(next, how), step);
        set = next;
        if (clears) Clear();
    }

    /// <summary>Every sequence of a set.</summary>
    public double[][] SequencesOf(long number) =>
        [.. Enumerable.Range(0, Size("sequences")).Select(place => Sequence(number, place))];

    public static SwitchSpec Redraw(string mode, bool clear = true) =>
        Replace("redraw", mode, clear);

    public static SwitchSpec Replace(string kind, string mode, bool clear) => new(kind,
        [new("mode", new Text(mode)), new("clear_memory", new Flag(clear))]);

    public void Set(string name, params float[] values) => bench.Model.State.Set(name, values);

    public double[] Floats(string name) => [.. MemoryMarshal
        .Cast<byte, float>(bench.StateOf(0)[name]).ToArray().Select(value => (double)value)];

    public void Dispose() => bench.Dispose();

    private void Clear()
    {
        memory.Clear();
        if (!startsWithZeros) return;
        for (var i = 0; i < Size("memory_size"); i++) memory.Add(new double[length]);
    }

    private double[][] Batch()
    {
        var places = new long[batch];
        lane.Stream("data/draw").FillIntegers(step, Size("sequences"), places);
        var sets = new long[batch];
        Array.Fill(sets, set);
        if (set == PhaseStart.Joint) lane.Stream("data/choice").FillIntegers(step, Sets, sets);
        return [.. places.Zip(sets, (place, of) => Sequence(of, place))];
    }

    private double[] Sequence(long number, long place)
    {
        var bits = new float[length];
        lane.Stream("data/set").FillUniform(number, 1, bits, place * length);
        return [.. bits.Select(bit => bit > 0 ? 1.0 : -1.0)];
    }

    private int Size(string setting) => (int)lane.Integer(setting);
}
