using System.Globalization;

namespace Mneme.Benchmarks.Cluster;

/// <summary>What processes have used so far.</summary>
/// <param name="CpuSeconds">Of those that live.</param>
/// <param name="Bytes">Resident.</param>
internal readonly record struct Load(double CpuSeconds, long Bytes)
{
    private const double TicksPerSecond = 100;

    public static Load Of(int process) => Read(process) is { } words
        ? new(
            (Number(words[11]) + Number(words[12])) / TicksPerSecond,
            Number(words[21]) * Environment.SystemPageSize)
        : default;

    /// <summary>Of a server and of what it started.</summary>
    public static Load OfServer(int process) => Directory.GetDirectories("/proc")
        .Select(path => int.TryParse(Path.GetFileName(path), out var id) ? id : 0)
        .Where(id => id == process || (id > 0 && Read(id)?[1] == $"{process}"))
        .Select(Of).Aggregate(default(Load), (sum, one) => sum + one);

    public static Load operator +(Load one, Load other) =>
        new(one.CpuSeconds + other.CpuSeconds, one.Bytes + other.Bytes);

    // After the name, which stands in brackets: state, parent, group, session, ...
    private static string[]? Read(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException) { return null; } // it has ended
    }

    private static long Number(string word) => long.Parse(word, CultureInfo.InvariantCulture);
}
