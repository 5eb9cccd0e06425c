using System.Text.Json;
using Mneme.Coordinator.Verification;

namespace Mneme.Tests.Chaos;

/// <summary>A line of the proof's table.</summary>
internal sealed record Finding(string What, string Found, bool Holds);

/// <summary>What must be true of an experiment that a cluster has finished, whatever happened
/// meanwhile.</summary>
internal sealed class Checks(LocalCluster cluster, string experiment)
{
    private readonly Ledger ledger = cluster.Ledger;

    private string Of => $"experiment = '{experiment}'";

    /// <param name="expected">Folder of the embedded run's results.</param>
    /// <param name="trialSteps">What the plan asks for.</param>
    public async Task<List<Finding>> All(string expected, long trialSteps) =>
    [
        SameBytes(expected), SameIdentity(expected),
        await None("segments lost", $"segment WHERE {Of} AND state <> 'committed'"),
        await None("segments without just one final commit", $"""
            (SELECT s.segment FROM segment s LEFT JOIN seg_commit c
               ON c.experiment = s.experiment AND c.segment = s.segment AND c.final
             WHERE s.{Of} GROUP BY s.segment HAVING count(c.segment) <> 1) wrong
            """),
        await None("gaps or overlaps of commits", Seams("seg_commit", "segment")),
        await None("gaps or overlaps of results", Seams("result", "path")),
        await None("commits under an epoch that does not rise", $"""
            (SELECT epoch, lag(epoch) OVER (PARTITION BY segment ORDER BY from_step) AS before
             FROM seg_commit WHERE {Of}) steps WHERE epoch <= before
            """),
        await Steps(trialSteps), await Verified(),
    ];

    public async Task<string> Attempts()
    {
        var causes = await ledger.Rows($"""
            SELECT coalesce(cause, 'open'), count(*) FROM attempt WHERE {Of} GROUP BY 1 ORDER BY 1
            """, row => $"{row.GetString(0)} {row.GetInt64(1)}");
        var segments = await ledger.Count($"segment WHERE {Of}");
        return $"{await ledger.Count($"attempt WHERE {Of}")} for {segments} segments "
            + $"({string.Join(", ", causes)})";
    }

    // Every row begins where the one before it ends, and the first one at a border of the plan:
    // the sum of the steps shows that.
    private string Seams(string table, string by) => $"""
        (SELECT from_step, lag(to_step) OVER (PARTITION BY {by} ORDER BY from_step) AS before
         FROM {table} WHERE {Of}) rows WHERE from_step <> before
        """;

    private async Task<Finding> None(string what, string query)
    {
        var count = await ledger.Count(query);
        return new Finding(what, $"{count}", count == 0);
    }

    private async Task<Finding> Steps(long expected)
    {
        var found = (await ledger.Rows(
            $"SELECT coalesce(sum(to_step - from_step), 0)::bigint FROM result WHERE {Of}",
            row => row.GetInt64(0)))[0];
        return new Finding(
            "trial-steps committed", $"{found:N0} of {expected:N0}", found == expected);
    }

    private async Task<Finding> Verified()
    {
        var ended = await cluster.Ask("journal", "verify", experiment);
        var said = (ended.Output + ended.Errors).Trim();
        return new Finding("journal verify", said, ended.ExitCode == 0);
    }

    private Finding SameBytes(string expected)
    {
        var (there, here) = (Files(expected), Files(Results));
        var differing = there.Keys.Union(here.Keys).Count(name =>
            there.GetValueOrDefault(name) != here.GetValueOrDefault(name));
        var pickle = $"{experiment}.pkl";
        return new Finding("files with other bytes than the embedded run's",
            $"{differing} of {there.Count} ({pickle}: {here[pickle][..12]})", differing == 0);
    }

    private Finding SameIdentity(string expected)
    {
        var (there, here) = (Identity(expected), Identity(Results));
        return new Finding("identity", $"{here[..12]}, embedded {there[..12]}", there == here);
    }

    private string Results => Path.Combine(cluster.At("results"), experiment);

    private static string Identity(string folder)
    {
        using var manifest =
            JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "manifest.json")));
        return manifest.RootElement.GetProperty("identity").GetString()!;
    }

    // The manifest tells under which epochs the segments were committed.
    private static Dictionary<string, string> Files(string folder) => Directory
        .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(folder, path))
        .Where(name => name != "manifest.json")
        .ToDictionary(name => name, name => PublishedFiles.HashOf(folder, name));
}
