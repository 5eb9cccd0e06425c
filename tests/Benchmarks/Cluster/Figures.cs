using System.Globalization;

namespace Mneme.Benchmarks.Cluster;

/// <summary>How figures are printed.</summary>
internal static class Figures
{
    public static string Percentiles(IEnumerable<double> milliseconds)
    {
        double[] sorted = [.. milliseconds.Order()];
        return sorted.Length == 0
            ? "none"
            : string.Create(CultureInfo.InvariantCulture,
                $"p50 {sorted[sorted.Length / 2]:F1} ms, "
                + $"p99 {sorted[sorted.Length * 99 / 100]:F1} ms, most {sorted[^1]:F0} ms");
    }

    /// <summary>Cores that each kind of process used between two looks, and its memory.</summary>
    public static void PrintLoads(
        IReadOnlyList<(string Name, Load Load)> before,
        IReadOnlyList<(string Name, Load Load)> after, TimeSpan time)
    {
        foreach (var ((name, old), (_, now)) in before.Zip(after))
        {
            var seconds = now.CpuSeconds - old.CpuSeconds;
            Console.WriteLine($"    {name,-12}{seconds / time.TotalSeconds,6:F2} cores"
                + $"{seconds,8:F1} CPU s{now.Bytes / 1e6,8:F0} MB");
        }
    }
}
