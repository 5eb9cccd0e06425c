using System.Globalization;
using Mneme.Benchmarks;
using Mneme.Worker.Torch;

if (args.FirstOrDefault() != "memory-mlp")
{
    Console.Error.WriteLine(
        "usage: mneme-bench memory-mlp [--json] [--rounds N] [--seconds S] [--python PATH]");
    return 2;
}
string Option(string name, string fallback) =>
    Array.IndexOf(args, name) is var at && at >= 0 && at + 1 < args.Length
        ? args[at + 1]
        : fallback;
int rounds = int.Parse(Option("--rounds", "5"), CultureInfo.InvariantCulture);
double seconds = double.Parse(Option("--seconds", "0.5"), CultureInfo.InvariantCulture);
string python = Option("--python", "/usr/bin/python3");
bool json = args.Contains("--json");

// The opponents run at normal priority; so does this.
TorchThread.Prepare(niceness: 0);
using var benchmark = new MemoryMlpBenchmark(python);
double before = Report.GemmPeak();
var measured = benchmark.Run(rounds, seconds);
double peak = Math.Max(before, Report.GemmPeak());

if (json) Report.Lines(measured, peak);
if (json) return 0;
Console.WriteLine(LibTorch.Describe());
Console.WriteLine($"{rounds} rounds of {seconds} s for each arm, interleaved; medians");
Report.Table(measured, peak);
foreach (var arms in measured.GroupBy(m => m.Name).Where(g => g.Count() > 3))
{
    var (a, b) = Report.Fit(arms);
    Console.WriteLine($"{arms.Key}: a step takes {a:F0} us + {b:F2} us x lanes (up to 64 lanes)");
}
Console.WriteLine($"gemm peak of one core: {peak / 1e9:F0} GFLOP/s");
foreach (string reason in benchmark.Missing) Console.WriteLine($"arm unavailable: {reason}");
return 0;
