namespace Mneme.Tests.Chaos;

/// <summary>When which fault strikes: first one at a time, so that each can be measured, then one
/// upon the other in a drawn order.</summary>
internal sealed class Weather(
    LocalCluster cluster, Faults faults, string experiment, ChaosOptions options, Tally tally)
{
    // Before that a leader takes nobody for dead before the lease has run out.
    private static readonly TimeSpan Judges = TimeSpan.FromSeconds(62);
    private static readonly TimeSpan Passing = TimeSpan.FromSeconds(60);
    private readonly List<Task> absences = [];

    private int CalmKills => (options.Kills + 1) / 2;

    public async Task Calm(long leadsSince)
    {
        absences.Add(faults.Cut());
        absences.Add(faults.Freeze());
        await Task.WhenAll(absences);
        await faults.Settled();
        var wait = Judges - TimeProvider.System.GetElapsedTime(leadsSince);
        if (wait > TimeSpan.Zero) await Task.Delay(wait, TimeProvider.System);
        for (var measured = 0; measured < CalmKills;)
            if (await KillInCalm()) measured++;
    }

    public async Task Storm()
    {
        var acts = Acts();
        foreach (var act in acts)
        {
            await MustNotBeOver();
            await act();
        }
        await Task.WhenAll(absences);
        await faults.Settled();
    }

    // False: it had nothing that anybody could take over.
    private async Task<bool> KillInCalm()
    {
        await MustNotBeOver();
        var death = await faults.KillWorker(isCalm: true);
        var isPassedOn = await Patience.Happens(async () =>
            await cluster.Ledger.PassedOn(experiment, death.Session) is not null, Passing);
        if (isPassedOn && await cluster.Ledger.PassedOn(experiment, death.Session) is { } at)
            tally.Tell($"its segment was granted again after {(at - death.At).TotalSeconds:F1} s");
        await faults.Settled();
        await Task.Delay(TimeSpan.FromSeconds(2 * faults.Draw()), TimeProvider.System);
        return isPassedOn;
    }

    private List<Func<Task>> Acts()
    {
        List<Func<Task>> acts = [];
        var kills = options.Kills - CalmKills;
        for (var i = 0; i < options.Kills; i++)
            acts.Add(i < kills ? LeaderAndWorker : faults.KillLeader);
        for (var i = 0; i < options.Others; i++)
            acts.AddRange([() => faults.KillServer("broker"), () => faults.KillServer("database")]);
        for (var i = 1; i < options.Others; i++)
            acts.Add(() =>
            {
                absences.Add(faults.Freeze());
                return Task.CompletedTask;
            });
        return Shuffled(acts);
    }

    // The worker dies at some moment around the leader's death.
    private Task LeaderAndWorker() => Task.WhenAll(faults.KillLeader(), KillSoon());

    private async Task KillSoon()
    {
        await Task.Delay(TimeSpan.FromSeconds(8 * faults.Draw()), TimeProvider.System);
        await faults.KillWorker(isCalm: false);
    }

    private List<Func<Task>> Shuffled(List<Func<Task>> acts) =>
        [.. acts.Select(act => (act, place: faults.Draw())).OrderBy(pair => pair.place)
            .Select(pair => pair.act)];

    private async Task MustNotBeOver()
    {
        if (await cluster.Ledger.State(experiment) == "done")
            throw new InvalidOperationException(
                "the experiment was finished before all faults had struck: raise --minutes");
    }
}
