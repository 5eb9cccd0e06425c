using System.Collections.Immutable;
using Mneme.Actors;
using Mneme.Coordinator.Experiments;

namespace Mneme.Coordinator.Dispatch;

/// <summary>Offers a session's free slots to one experiment after the other, each time beginning
/// with another one, so that no slot is granted twice and no experiment is always last.</summary>
internal sealed class SlotOffers(SortedDictionary<string, Address<ExperimentMessage>> experiments)
{
    // By session: experiments that were not asked in this round.
    private readonly Dictionary<string, Queue<string>> rounds = [];
    private int turn;

    public void Begin(Session session, ImmutableHashSet<string> live)
    {
        if (session.Credit == 0 || rounds.ContainsKey(session.Id) || experiments.Count == 0) return;
        turn = (turn + 1) % experiments.Count;
        rounds[session.Id] = new Queue<string>(
            experiments.Keys.Skip(turn).Concat(experiments.Keys.Take(turn)));
        GoOn(session, live);
    }

    /// <summary>One experiment has taken what it wanted: the next one is asked.</summary>
    public void GoOn(Session session, ImmutableHashSet<string> live)
    {
        if (!rounds.TryGetValue(session.Id, out var left)) return;
        while (session.Credit > 0 && left.TryDequeue(out var name))
        {
            var credit = new ExperimentMessage.Credit(session, session.Credit, live);
            if (experiments.TryGetValue(name, out var actor) && actor.Offer(credit)) return;
        }
        rounds.Remove(session.Id);
    }

    public void Forget(string session) => rounds.Remove(session);
}
