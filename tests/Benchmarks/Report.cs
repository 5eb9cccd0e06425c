using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Mneme.Worker.Torch;

namespace Mneme.Benchmarks;

/// <summary>The figures, for people and for programs.</summary>
internal static class Report
{
    internal static void Table(Benchmark benchmark, List<Measured> measured, double peak)
    {
        double eager = Baseline(measured, m => m.PerSecond);
        double eagerCpu = Baseline(measured, m => m.PerCpuSecond);
        Console.WriteLine(
            $"{"arm",-34}{"lanes",6}{"steps/s",10}{"spread",14}{"per CPU s",11}{"items/CPU s",13}"
            + $"{"ratio",8}{"CPU ratio",11}{"% peak",8}{"kB/lane",9}");
        foreach (var one in measured)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{one.Name,-34}{one.Lanes,6}{one.PerSecond,10:F0}{SpreadText(one),14}"
                + $"{one.PerCpuSecond,11:F0}{one.ItemsPerCpuSecond,13:F0}"
                + $"{one.PerSecond / one.Cores / eager,8:F1}"
                + $"{one.PerCpuSecond / eagerCpu,11:F1}{Percent(benchmark, one, peak),8:F1}"
                + $"{one.BytesPerLane / 1024.0,9:F0}"));
    }

    internal static void Lines(Benchmark benchmark, List<Measured> measured, double peak)
    {
        foreach (var one in measured)
            Console.WriteLine(new JsonObject
            {
                ["benchmark"] = benchmark.Title,
                ["arm"] = one.Name,
                ["lanes"] = one.Lanes,
                ["cores"] = one.Cores,
                ["trial_steps_per_second"] = one.PerSecond,
                ["trial_steps_per_cpu_second"] = one.PerCpuSecond,
                ["items_per_cpu_second"] = one.ItemsPerCpuSecond,
                ["spread_low"] = one.Spread.Low,
                ["spread_high"] = one.Spread.High,
                ["ratio_to_eager_per_core"] =
                    one.PerSecond / one.Cores / Baseline(measured, m => m.PerSecond),
                ["ratio_to_eager_per_cpu_second"] =
                    one.PerCpuSecond / Baseline(measured, m => m.PerCpuSecond),
                ["percent_of_gemm_peak"] = Percent(benchmark, one, peak),
                ["bytes_per_lane"] = one.BytesPerLane,
            }.ToJsonString());
    }

    /// <summary>The step's time as a + b K, over the lane counts that fit the cache.</summary>
    internal static (double A, double B) Fit(IEnumerable<Measured> arms)
    {
        var points = arms.Where(a => a.Lanes <= 64)
            .Select(a => (X: (double)a.Lanes, Y: 1e6 * a.Lanes / a.PerSecond)).ToList();
        double x = points.Average(p => p.X), y = points.Average(p => p.Y);
        double slope = points.Sum(p => (p.X - x) * (p.Y - y))
            / points.Sum(p => (p.X - x) * (p.X - x));
        return (y - slope * x, slope);
    }

    /// <summary>Floating-point operations per second of one large product.</summary>
    internal static double GemmPeak()
    {
        using var scope = new TensorScope();
        var a = Tensor.Ones([512, 512]);
        double best = double.MaxValue;
        for (int i = 0; i < 50; i++)
        {
            var watch = Stopwatch.StartNew();
            a.MatMul(a).Dispose();
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }
        return 2.0 * 512 * 512 * 512 / best;
    }

    private static double Percent(Benchmark benchmark, Measured one, double peak) =>
        100 * one.PerSecond / one.Cores * benchmark.FloatingOperations / peak;

    private static string SpreadText(Measured one) => string.Create(
        CultureInfo.InvariantCulture,
        $"{100 * one.Spread.Low - 100:F0}..+{100 * one.Spread.High - 100:F0} %");

    private static double Baseline(List<Measured> measured, Func<Measured, double> rate) =>
        measured.FirstOrDefault(m => m.Name == Benchmark.Baseline) is { } eager
            ? rate(eager)
            : double.NaN;
}
