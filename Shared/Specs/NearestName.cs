namespace Mneme.Specs;

/// <summary>Finds the name that a misspelt one was meant to be.</summary>
internal static class NearestName
{
    private const int LongestMisspelling = 64;

    /// <summary>The known name with the fewest edits, if those are at most a third of it.</summary>
    public static string? Of(string name, IEnumerable<string> known)
    {
        if (name.Length > LongestMisspelling) return null;
        var lower = name.ToLowerInvariant();
        return known
            .Select(candidate => (candidate, edits: Edits(lower, candidate)))
            .Where(pair => pair.edits <= Math.Max(1, pair.candidate.Length / 3))
            .OrderBy(pair => pair.edits)
            .Select(pair => pair.candidate)
            .FirstOrDefault();
    }

    /// <summary>"did you mean 'x'?", or null when nothing is near.</summary>
    public static string? Question(string name, IEnumerable<string> known) =>
        Of(name, known) is { } nearest ? $"did you mean '{nearest}'?" : null;

    // Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
    private static int Edits(string from, string to)
    {
        var cost = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++) cost[i, 0] = i;
        for (var j = 0; j <= to.Length; j++) cost[0, j] = j;
        for (var i = 1; i <= from.Length; i++)
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = cost[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                var best = Math.Min(replaced, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                    best = Math.Min(best, cost[i - 2, j - 2] + 1);
                cost[i, j] = best;
            }
        return cost[from.Length, to.Length];
    }
}
