using Mneme.Actors;
using Mneme.Journal;
using Mneme.Transport;

namespace Mneme.Coordinator.Leadership;

/// <summary>What is said to the actor that minds the lead.</summary>
public abstract record LeaderMessage
{
    private LeaderMessage() { }

    public sealed record Linked(ILink Link) : LeaderMessage;

    public sealed record Unlinked : LeaderMessage;

    public sealed record Tick : LeaderMessage;

    /// <summary>Gives the lead to whoever wants it; the next poll comes a lease later.</summary>
    public sealed record Yield : LeaderMessage;

    /// <summary>A write was refused: another process leads.</summary>
    internal sealed record Deposed(long Epoch) : LeaderMessage;

    internal sealed record Polled(LeaderRow Row, long? Epoch, long AskedAt) : LeaderMessage;

    internal sealed record Kept(bool Still, long AskedAt) : LeaderMessage;

    internal sealed record Unanswered(string Why) : LeaderMessage;

    internal sealed record Yielded : LeaderMessage;
}

/// <param name="NewReign">Makes the actor that leads under an epoch.</param>
/// <param name="Saw">Hears who leads.</param>
/// <param name="Refresh">Reads what a standby must know too.</param>
public sealed record LeaderSurroundings(
    IJournal Journal, Candidate Me,
    Func<long, ILink, Action, Actor<ReignMessage>> NewReign, Action<LeaderRow, bool> Saw,
    Func<Task> Refresh);

/// <summary>Takes the lead when nobody has it, keeps it, and gives it up in time. What leading
/// means is its child's affair: one reign for each epoch, never restarted.</summary>
public sealed class LeaderActor(LeaderSurroundings outside) : Actor<LeaderMessage>
{
    private long? epoch;
    private long keptAt;
    private long unlinkedAt;
    private ILink? link;
    private Address<ReignMessage> reign;
    private bool asking;
    private bool isOver = true;
    private long? restsSince;

    protected override ValueTask Started()
    {
        unlinkedAt = Here.Clock.GetTimestamp();
        Here.Every("tick", TimeSpan.FromSeconds(1), new LeaderMessage.Tick());
        return default;
    }

    protected override ValueTask Receive(LeaderMessage message)
    {
        switch (message)
        {
            case LeaderMessage.Linked linked:
                link = linked.Link;
                reign.Offer(new ReignMessage.Linked(link));
                break;
            case LeaderMessage.Unlinked:
                (link, unlinkedAt) = (null, Here.Clock.GetTimestamp());
                break;
            case LeaderMessage.Tick: Act(); break;
            case LeaderMessage.Polled polled: Take(polled); break;
            case LeaderMessage.Kept kept: Take(kept); break;
            case LeaderMessage.Unanswered unanswered:
                asking = false;
                Here.Log.Warning($"the journal does not answer: {unanswered.Why}");
                break;
            case LeaderMessage.Yielded: asking = false; break;
            case LeaderMessage.Deposed deposed when deposed.Epoch == epoch:
                StepDown("another coordinator leads");
                break;
            case LeaderMessage.Yield when epoch is not null:
                StepDown("asked to");
                restsSince = Here.Clock.GetTimestamp();
                break;
        }
        return default;
    }

    protected override async ValueTask Notice(Signal signal)
    {
        if (signal is Signal.ChildFailed failed)
        {
            Here.Log.Error($"{failed.Name} failed; it begins again from the journal", failed.Error);
            isOver = true;
            if (epoch is not null) StepDown("a part of it failed");
        }
        else if (signal is Signal.ChildStopped) isOver = true;
        else if (signal is Signal.Stopping && epoch is { } held)
            await outside.Journal.YieldLead(held);      // a standby need not wait
    }

    private void Act()
    {
        var clock = Here.Clock;
        var standing = new Standing(
            epoch, clock.GetElapsedTime(keptAt),
            link is null ? clock.GetElapsedTime(unlinkedAt) : null);
        switch (standing.Next())
        {
            case LeaderStep.StepDown: StepDown("it cannot be kept"); break;
            case LeaderStep.Poll when !asking && isOver && !Rests:
                Ask(Poll(clock.GetTimestamp()));
                break;
            case LeaderStep.Renew when !asking: Ask(Renew(epoch!.Value)); break;
        }
    }

    private bool Rests =>
        restsSince is { } since && Here.Clock.GetElapsedTime(since) < Standing.Lease;

    private void Ask(Task<LeaderMessage> question)
    {
        asking = true;
        Here.Later(
            question, answer => answer, error => new LeaderMessage.Unanswered(error.Message));
    }

    // A lease of this very process is one that it lost track of: it need not be waited for.
    private async Task<LeaderMessage> Poll(long now)
    {
        var row = await outside.Journal.Leader();
        if (row.IsRunning && row.Who.Incarnation == outside.Me.Incarnation)
            await outside.Journal.YieldLead(row.Epoch);
        else if (row.IsRunning)
        {
            await outside.Refresh();
            return new LeaderMessage.Polled(row, null, now);
        }
        var taken = await outside.Journal.TakeLead(outside.Me, Standing.Lease);
        return new LeaderMessage.Polled(row, taken, now);
    }

    private async Task<LeaderMessage> Renew(long leaderEpoch)
    {
        var asked = Here.Clock.GetTimestamp();
        return new LeaderMessage.Kept(
            await outside.Journal.KeepLead(leaderEpoch, Standing.Lease), asked);
    }

    private void Take(LeaderMessage.Polled polled)
    {
        asking = false;
        if (polled.Epoch is not { } mine)
        {
            outside.Saw(polled.Row, false);
            return;
        }
        (epoch, keptAt, isOver) = (mine, polled.AskedAt, false);
        Here.Log.Info($"leads under epoch {mine}");
        outside.Saw(new LeaderRow(mine, outside.Me, IsRunning: true), true);
        var self = Here.Self;
        if (link is null)
        {
            isOver = true;
            StepDown("its link ended meanwhile");
            return;
        }
        var first = link;
        reign = Here.Spawn(
            $"reign-{mine}", () => outside.NewReign(
                mine, first, () => self.Offer(new LeaderMessage.Deposed(mine))),
            Supervision.Stop);
    }

    private void Take(LeaderMessage.Kept kept)
    {
        asking = false;
        if (kept.Still) keptAt = kept.AskedAt;
        else if (epoch is not null) StepDown("another coordinator leads");
    }

    private void StepDown(string why)
    {
        Here.Log.Warning($"leads no more: {why}");
        var was = epoch!.Value;
        epoch = null;
        if (!isOver) Here.Stop(reign);
        outside.Saw(new LeaderRow(was, outside.Me, IsRunning: false), false);
        if (!asking) Ask(GiveUp(was));
    }

    private async Task<LeaderMessage> GiveUp(long was)
    {
        await outside.Journal.YieldLead(was);
        return new LeaderMessage.Yielded();
    }
}
