using System.Diagnostics;
using System.Globalization;
using Mneme.Worker.Memories;
using Mneme.Worker.Nets;
using Mneme.Worker.Torch;

namespace Mneme.Benchmarks;

/// <summary>How fast a GPT writes, with a memory and without, beside PyTorch doing the same; and
/// what a memory costs as it grows. Every token reads its whole context anew: a recalled value also
/// changes earlier rows, which a cache of keys would not see.</summary>
internal static class GptBenchmark
{
    private const int Prompt = 16, Stored = 140, Neighbours = 5;

    private static readonly Writing[] Sizes =
    [
        new("small", new GptShape(3, 4, 64, 64, 86), Tokens: 40, Texts: 25, Layer: 1),
        new("gpt2", new GptShape(12, 12, 768, 1024, 50257), Tokens: 4, Texts: 5, Layer: 9),
    ];

    public static void Run(string python, Device device, int rounds)
    {
        Console.WriteLine($"\ntokens per second, a prompt of {Prompt} tokens, random weights, "
            + $"{device}; medians of {rounds} rounds");
        Console.WriteLine("size   memory  Mneme    PyTorch  ratio");
        foreach (var size in Sizes)
        {
            using var scope = new TensorScope();
            var gpt = Random(size.Shape, device);
            foreach (var rows in new[] { 0, Stored })
            {
                var pairs = Enumerable.Range(0, rounds).Select(_ => (
                    Own: Write(gpt, size, rows, device),
                    Theirs: Opponent(python, size, rows, device))).ToArray();
                var (own, theirs) = (Median(pairs.Select(p => p.Own)),
                    Median(pairs.Select(p => p.Theirs)));
                Console.WriteLine($"{size.Name,-6} {rows,6}  {own,-7:F1}  {theirs,-7:F1}  "
                    + $"{own / theirs:F2}");
            }
        }
        Search(device);
    }

    // All heads of a layer of GPT-2, all tokens of a prompt.
    private static void Search(Device device)
    {
        const int heads = 12, size = 64;
        Console.WriteLine(
            $"\na search of {heads} heads x {Prompt} tokens in rows of {size} numbers");
        Console.WriteLine("rows       ms      us per token and head");
        for (var rows = 10; rows <= 1_000_000; rows *= 10)
        {
            using var scope = new TensorScope();
            var stored = Normal([heads, rows, size], device);
            var queries = Normal([heads, Prompt, size], device);
            var times = Enumerable.Range(0, 3).Select(_ => Time(() =>
                Mneme.Worker.Memories.Neighbours.Nearest(
                    queries, stored, Math.Min(Neighbours, rows)).Distances.Sum().Item())).ToArray();
            var ms = Median(times) * 1e3;
            Console.WriteLine($"{rows,-9}  {ms,-6:F2}  {ms * 1e3 / (heads * Prompt):F1}");
        }
    }

    private static double Write(Gpt gpt, Writing size, int rows, Device device)
    {
        using var still = Autograd.NoGrad();
        var shape = gpt.Shape;
        StoredAttention? stored = rows == 0 ? null : new(
            Normal([1, shape.Heads, rows, shape.HeadSize], device),
            Normal([1, shape.Heads, rows, shape.HeadSize], device));
        var recall = new NeighbourRecall(0, 5, 1000, .1, Neighbours, WithOwn: false);
        Tensor Attend(int at, AttentionHeads own) =>
            at == size.Layer && stored is not null ? recall.Mix(own, stored).Value : own.Value;
        Next([0]);      // warm
        return size.Texts * size.Tokens / Time(() =>
        {
            for (var once = 0; once < size.Texts; once++)
            {
                var text = Enumerable.Range(0, Prompt).Select(i => (long)i).ToList();
                for (var i = 0; i < size.Tokens; i++) text.Add(Next(text));
            }
        });

        long Next(List<long> text)
        {
            using var scope = new TensorScope();
            var logits = gpt.LastLogits(
                Tensor.From(text.ToArray(), [1, 1, text.Count], device), Attend);
            return (long)logits.View(-1).ArgMax(0).Item();
        }
    }

    private static double Opponent(
        string python, Writing size, int rows, Device device)
    {
        var shape = size.Shape;
        var script = Path.Combine(AppContext.BaseDirectory, "gpt_opponent.py");
        using var process = System.Diagnostics.Process.Start(new ProcessStartInfo(python,
        [
            script, $"{shape.Layers}", $"{shape.Heads}", $"{shape.Width}", $"{shape.Context}",
            $"{shape.Vocabulary}", $"{size.Tokens}", $"{rows}", $"{size.Layer}", device.Name,
            $"{Prompt}", $"{size.Texts}",
        ])
        {
            RedirectStandardOutput = true,
            Environment = { ["OPENBLAS_NUM_THREADS"] = "1", ["OMP_NUM_THREADS"] = "1" },
        })!;
        var line = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return double.TryParse(line, CultureInfo.InvariantCulture, out var rate)
            ? rate : double.NaN;
    }

    private static Gpt Random(GptShape shape, Device device) => new(shape,
        shape.Parameters().ToDictionary(p => p.Name, p =>
            Normal([1, .. p.Shape], device, .02).Keep()));

    // Of libtorch's generator: a search in a million rows would wait for ours.
    private static Tensor Normal(long[] shape, Device device, double spread = 1)
    {
        var values = Tensor.Empty(shape, DType.Float32, device);
        _ = Operators.Call("aten::normal_", "", values, 0.0, spread, Argument.None);
        return values;
    }

    private static double Time(Action work)
    {
        var began = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static double Median(IEnumerable<double> values) =>
        values.Order().ElementAt(values.Count() / 2);
}

/// <param name="Tokens">Written in each text.</param>
/// <param name="Layer">The one that recalls, from 0.</param>
internal sealed record Writing(string Name, GptShape Shape, int Tokens, int Texts, int Layer);
