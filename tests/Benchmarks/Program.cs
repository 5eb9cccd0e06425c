using System.Globalization;
using Mneme.Benchmarks;
using Mneme.Benchmarks.Cluster;
using Mneme.Worker.Torch;

if (args.FirstOrDefault() == "transport") return await TransportBenchmark.Run();
if (args.FirstOrDefault() == "cluster") return await ClusterBenchmark.Run(Option);
if (args is ["herd", var count, var work]) // what the cluster's benchmark starts
    return await Herd.Run(int.Parse(count, CultureInfo.InvariantCulture), work);
if (args.FirstOrDefault() == "gpt2-knn")
{
    TorchThread.Prepare(niceness: 0);
    Console.WriteLine(LibTorch.Describe());
    GptBenchmark.Run(Option("--python", "/usr/bin/python3"), new Device(Option("--device", "cpu")),
        int.Parse(Option("--rounds", "3"), CultureInfo.InvariantCulture));
    return 0;
}
if (args.FirstOrDefault() == "journal")
{
    var time = TimeSpan.FromSeconds(
        double.Parse(Option("--seconds", "3"), CultureInfo.InvariantCulture));
    await JournalBenchmark.Run(time, Option("--database", "") is { Length: > 0 } own ? own : null);
    return 0;
}
string python = Option("--python", "/usr/bin/python3");
Func<Benchmark>[] benchmarks = args.FirstOrDefault() switch
{
    "memory-mlp" => [() => new MemoryMlpBenchmark(python)],
    "dam" => Sizes(Dam, DamSize.Small, DamSize.Published),
    "sequence-switch" =>
        Sizes(SequenceSwitch, SequenceSwitchSize.Small, SequenceSwitchSize.Published),
    _ => [],
};
if (benchmarks.Length == 0)
{
    Console.Error.WriteLine(
        "usage: mneme-bench memory-mlp|dam|sequence-switch [--size small|published] [--json] "
        + "[--rounds N] [--seconds S] [--python PATH]\n"
        + "       mneme-bench gpt2-knn [--device cpu|cuda:N] [--rounds N] [--python PATH]\n"
        + "       mneme-bench journal [--seconds S] [--database CONNECTION]\n"
        + "       mneme-bench transport\n"
        + $"       {ClusterBenchmark.Usage}");
    return 2;
}
int rounds = int.Parse(Option("--rounds", "5"), CultureInfo.InvariantCulture);
double seconds = double.Parse(Option("--seconds", "0.5"), CultureInfo.InvariantCulture);
bool json = args.Contains("--json");

// The opponents run at normal priority; so does this.
TorchThread.Prepare(niceness: 0);
if (!json) Console.WriteLine(LibTorch.Describe());
foreach (var make in benchmarks) Compare(make);
return 0;

string Option(string name, string fallback) =>
    Array.IndexOf(args, name) is var at && at >= 0 && at + 1 < args.Length
        ? args[at + 1]
        : fallback;

Benchmark Dam(DamSize size) => new DamBenchmark(python, size);

Benchmark SequenceSwitch(SequenceSwitchSize size) => new SequenceSwitchBenchmark(python, size);

// All of them, or the one that is asked for.
Func<Benchmark>[] Sizes<T>(Func<T, Benchmark> make, params T[] sizes) where T : BenchmarkSize =>
    [.. sizes.Where(size => Option("--size", size.Name) == size.Name)
        .Select(size => (Func<Benchmark>)(() => make(size)))];

void Compare(Func<Benchmark> make)
{
    using var benchmark = make();
    double before = Report.GemmPeak();
    var measured = benchmark.Run(rounds, seconds);
    double peak = Math.Max(before, Report.GemmPeak());
    if (json)
    {
        Report.Lines(benchmark, measured, peak);
        return;
    }
    Console.WriteLine(
        $"\n{benchmark.Title}\n{rounds} rounds of {seconds} s for each arm, interleaved; medians");
    Report.Table(benchmark, measured, peak);
    foreach (var arms in measured.GroupBy(m => m.Name).Where(g => g.Count() > 3))
    {
        var (a, b) = Report.Fit(arms);
        Console.WriteLine(
            $"{arms.Key}: a step takes {a:F0} us + {b:F2} us x lanes (up to 64 lanes)");
    }
    Console.WriteLine($"gemm peak of one core: {peak / 1e9:F0} GFLOP/s");
    foreach (string reason in benchmark.Missing) Console.WriteLine($"arm unavailable: {reason}");
}
