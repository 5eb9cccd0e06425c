using System.Globalization;

namespace Mneme.Benchmarks;

/// <summary>What Linux says of this process and thread.</summary>
internal static class Process
{
    internal static long Resident() =>
        long.Parse(Fields("/proc/self/statm")[1], CultureInfo.InvariantCulture)
        * Environment.SystemPageSize;

    internal static double ThreadCpuSeconds() =>
        double.Parse(Fields("/proc/thread-self/schedstat")[0], CultureInfo.InvariantCulture) / 1e9;

    private static string[] Fields(string file) => File.ReadAllText(file).Split(' ');
}
