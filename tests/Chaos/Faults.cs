using Mneme.Actors;

namespace Mneme.Tests.Chaos;

/// <summary>What can be done to a cluster of real processes; each fault waits until it is over.
/// </summary>
internal sealed class Faults(
    LocalCluster cluster, Wire wire, string experiment, uint seed, Tally tally)
{
    // A third node that died over a segment would be the segment's own fault: poison.
    private const int MostOverOneSegment = 2;
    private readonly Lock gate = new();
    private readonly HashSet<string> spared = [];
    private readonly HashSet<string> dead = [];
    private readonly Dictionary<int, int> struck = [];
    private readonly Ledger ledger = cluster.Ledger;
    private SplitMix random = new(seed);

    public TimeSpan Absent { get; init; } = TimeSpan.FromSeconds(40);

    public double Draw()
    {
        lock (gate) return random.Fraction();
    }

    public async Task<Death> KillWorker(bool isCalm)
    {
        var victim = await Busy(_ => true);
        var death = new Death(victim.Session, TimeProvider.System.GetUtcNow(), isCalm);
        cluster[victim.Node].Kill();
        lock (gate)
        {
            dead.Add(victim.Session);
            tally.Deaths.Add(death);
        }
        tally.Add("workers killed", $"{victim.Node} with segment {victim.Segment}");
        return death;
    }

    /// <summary>Not before the one that was killed last is back: somebody must take over.</summary>
    public async Task KillLeader()
    {
        await Patience.Until("both coordinators answer", async () =>
            await cluster.Answers("coordinator-0") && await cluster.Answers("coordinator-1"));
        var before = await ledger.Leader();
        var killed = TimeProvider.System.GetTimestamp();
        cluster[before.Node].Kill();
        await Patience.Until("another coordinator leads", async () =>
            await ledger.Leader() is { IsRunning: true } now && now.Epoch > before.Epoch);
        var took = TimeProvider.System.GetElapsedTime(killed);
        tally.Failovers.Add(took);
        tally.Add("leaders killed", $"{before.Node}; a new one after {took.TotalSeconds:F1} s");
        await Patience.Until("the killed one is back", () => cluster.Answers(before.Node));
    }

    /// <param name="server">broker or database.</param>
    public async Task KillServer(string server)
    {
        await cluster.Servers.Kill(server);
        await Task.Delay(TimeSpan.FromSeconds(1 + 3 * Draw()), TimeProvider.System);
        await cluster.Servers.Start(server);
        tally.Add($"{server} kills", "it is there again");
        await Settled();
    }

    // Not the one that is to be cut off: when it wakes, there may be nothing left for it to hold.
    public Task Freeze() => BeAway(
        "workers frozen", node => node != wire.Node, node => Do(cluster[node].Freeze),
        node => Do(cluster[node].Thaw));

    public Task Cut() => BeAway(
        "workers cut off", node => node == wire.Node, _ => wire.Cut(), _ => wire.Heal());

    /// <summary>Somebody leads, and every worker that can has a session.</summary>
    public Task Settled() => Patience.Until("all are there again", async () =>
    {
        var live = await ledger.LiveNodes();
        return await ledger.Leader() is { IsRunning: true }
            && cluster.Workers.All(worker => IsSpared(worker.Name) || live.Contains(worker.Name));
    });

    private async Task BeAway(
        string kind, Func<string, bool> which, Func<string, Task> begin, Func<string, Task> end)
    {
        var victim = await Busy(which, isToSpare: true);
        await begin(victim.Node);
        var from = TimeProvider.System.GetUtcNow();
        tally.Tell($"{kind}: {victim.Node} with segment {victim.Segment}");
        await Task.Delay(Absent, TimeProvider.System);
        await end(victim.Node);
        lock (gate)
        {
            spared.Remove(victim.Node);
            tally.Absences.Add(
                new Absence(kind, victim, from, TimeProvider.System.GetUtcNow()));
        }
        tally.Add(kind, $"{victim.Node} is back");
    }

    // A worker that holds a segment, and that nothing happens to at the moment.
    private async Task<Grant> Busy(Func<string, bool> which, bool isToSpare = false)
    {
        Grant? found = null;
        await Patience.Until("a worker holds a segment", async () =>
        {
            var held = await ledger.Held(experiment);
            lock (gate)
            {
                var fit = held.Where(g => which(g.Node) && !spared.Contains(g.Node)
                    && !dead.Contains(g.Session)
                    && struck.GetValueOrDefault(g.Segment) < MostOverOneSegment).ToList();
                if (fit.Count == 0) return false;
                found = fit[random.Below(fit.Count)];
                struck[found.Segment] = struck.GetValueOrDefault(found.Segment) + 1;
                if (isToSpare) spared.Add(found.Node);
                return true;
            }
        });
        return found!;
    }

    private bool IsSpared(string node)
    {
        lock (gate) return spared.Contains(node);
    }

    private static Task Do(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
