namespace Mneme.Tests.Chaos;

/// <summary>How work passed from those that were away or dead to others: how soon, and whether any
/// of what the old holder had computed was let in late.</summary>
internal sealed class Passing(LocalCluster cluster, string experiment, Tally tally)
{
    private static readonly TimeSpan
        CalmMedian = TimeSpan.FromSeconds(6), FailoverMedian = TimeSpan.FromSeconds(10),
        Worst = TimeSpan.FromSeconds(30), FailoverWorst = TimeSpan.FromSeconds(15);

    private readonly Ledger ledger = cluster.Ledger;

    public async Task<List<Finding>> Findings()
    {
        var (calm, stormy) = (await OfDeaths(isCalm: true), await OfDeaths(isCalm: false));
        return
        [
            Within("worker killed in calm, until the new grant", calm, CalmMedian, Worst),
            new("worker killed in the storm, until the new grant", Tally.Figures(stormy), true),
            Within("leader killed, until the next", tally.Failovers, FailoverMedian, FailoverWorst),
            .. await OfAbsences(),
        ];
    }

    private static Finding Within(
        string what, IReadOnlyCollection<TimeSpan> measured, TimeSpan median, TimeSpan worst)
    {
        var sorted = measured.Order().ToList();
        return new Finding(
            what, Tally.Figures(measured),
            sorted.Count > 0 && Tally.Median(sorted) <= median && sorted[^1] <= worst);
    }

    // A worker that had nothing to lose when it died, or whose work was in already, tells nothing.
    private async Task<List<TimeSpan>> OfDeaths(bool isCalm)
    {
        List<TimeSpan> measured = [];
        foreach (var death in tally.Deaths.Where(death => death.IsCalm == isCalm))
            if (await ledger.PassedOn(experiment, death.Session) is { } at)
                measured.Add(at - death.At);
        return measured;
    }

    private async Task<List<Finding>> OfAbsences()
    {
        List<TimeSpan> measured = [];
        var (passed, refused, late) = (0, 0, 0L);
        foreach (var absence in tally.Absences)
        {
            if (await ledger.PassedOn(experiment, absence.Held.Session, absence.To) is not { } at
                || at > absence.To) continue;
            passed++;
            measured.Add(at - absence.From);
            if (WasRefused(absence)) refused++;
            late += await CommittedAfter(absence.Held.Session, at);
        }
        return
        [
            new("worker frozen or cut off, until the new grant", Tally.Figures(measured), true),
            new("... whose work was another's when they came back",
                $"{passed} of {tally.Absences.Count}; they say that it was refused: {refused}",
                refused == passed),
            new("... commits of theirs let in afterwards", $"{late}", late == 0),
        ];
    }

    // In its own log: what it held was dropped, or its commit fenced.
    private bool WasRefused(Absence absence) => cluster.Log(absence.Held.Node).Split('\n')
        .Any(line => line.Contains($"{experiment}#", StringComparison.Ordinal)
            && line.Contains("is another's by now", StringComparison.Ordinal));

    // Of the segment that passed on, under any epoch that its old session had.
    private Task<long> CommittedAfter(string session, DateTimeOffset passedAt) => ledger.Count($"""
        journal j JOIN attempt a ON a.experiment = j.experiment
          AND a.segment = (j.payload->>'segment')::int AND a.epoch = (j.payload->>'epoch')::bigint
        WHERE j.experiment = '{experiment}' AND j.kind = 'segment-committed'
          AND a.session = '{session}' AND j.at > '{passedAt:O}'
          AND a.segment = (SELECT segment FROM attempt WHERE experiment = '{experiment}'
            AND session = '{session}' AND cause = 'worker_lost' ORDER BY epoch DESC LIMIT 1)
        """);
}
