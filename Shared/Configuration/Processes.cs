namespace Mneme.Configuration;

/// <summary>Which of the processes a setting belongs to.</summary>
[Flags]
public enum Processes
{
    None = 0,
    Serve = 1,
    Worker = 2,
    Lighthouse = 4,
    All = Serve | Worker | Lighthouse,
}

public static class ProcessNames
{
    /// <summary><c>serve and lighthouse</c></summary>
    public static string InWords(this Processes processes)
    {
        var names = Enum.GetValues<Processes>()
            .Where(one => one is Processes.Serve or Processes.Worker or Processes.Lighthouse)
            .Where(one => processes.HasFlag(one))
            .Select(one => one.ToString().ToLowerInvariant()).ToList();
        return names.Count < 2
            ? string.Concat(names)
            : $"{string.Join(", ", names[..^1])} and {names[^1]}";
    }
}
