using Mneme.Transport.InProcess;

namespace Mneme.Tests.Simulation;

/// <summary>What can go wrong in a cluster, drawn from the world's seed: it rages for a while and
/// puts everything right again.</summary>
internal sealed class Storm(World world, TimeSpan pause)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(40);
    private readonly List<(DateTimeOffset At, Action Mend)> wounds = [];

    public static Faults Weather(ulong seed) => new(seed)
    {
        Drop = 0.05, DropAnswer = 0.05, Duplicate = 0.1, Reorder = 0.1,
        Delay = TimeSpan.FromSeconds(seed % 4 == 0 ? 5 : 0.5),
    };

    /// <summary>True when the world was over before the storm was.</summary>
    public bool Rage(TimeSpan time, Func<bool> isOver)
    {
        for (var until = world.Now + time; world.Now < until;)
        {
            Strike();
            if (world.Run(pause * (0.5 + world.Draw()), isOver)) return true;
            foreach (var (_, mend) in wounds.Where(w => w.At <= world.Now).ToList()) mend();
            wounds.RemoveAll(w => w.At <= world.Now);
        }
        foreach (var (_, mend) in wounds) mend();
        wounds.Clear();
        return false;
    }

    private void Strike()
    {
        var living = world.Living.Where(p => !p.IsFrozen).ToList();
        if (living.Count == 0) return;
        var victim = living[world.Draw(living.Count)];
        switch (world.Draw(9))
        {
            case 0 or 1 or 2:
                world.Kill(victim);
                break;
            case 3 or 4:
                world.Freeze(victim);
                Later(() => world.Thaw(victim));
                break;
            case 5 when victim.Journal is { } journal:
                journal.IsCut = true;
                Later(() => journal.IsCut = victim.IsDead);
                break;
            case 5 or 6 when victim.Box is { } box:
                world.Broker.Cut(box);
                break;
            case 8 when victim.Worker is { } worker:
                victim.Do(() => worker.Drain(TimeSpan.FromSeconds(2 * world.Draw())));
                Later(() => world.Kill(victim));
                break;
            case 7 when world.Draw(4) == 0:
                world.Broker.Stop();
                Later(world.Broker.Start);
                break;
            default:
                victim.Clock.Offset += TimeSpan.FromHours(world.Draw() - 0.5);
                break;
        }
        Revive();
    }

    // What dies is started again by whoever looks after processes, a little later.
    private void Revive()
    {
        foreach (var dead in world.TakeDead()) Later(() => world.Again(dead));
    }

    private void Later(Action mend) =>
        wounds.Add((world.Now + Longest * world.Draw(), mend));
}
