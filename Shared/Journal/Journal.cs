using Mneme.Messages;

namespace Mneme.Journal;

/// <summary>The one authority on who owns what and what is done. A stream of events per
/// experiment, and tables that the same transaction keeps in step with it; the tables' conditions
/// are the fence. One process writes at a time: every write names the epoch under which that
/// process leads.</summary>
public interface IJournal : IAsyncDisposable
{
    /// <summary>Makes the caller the leader; every earlier leader's writes fail from now
    /// on.</summary>
    ValueTask<long> TakeLead(string node, string incarnation);

    /// <summary>Writes all events or none. Results travel inside their <see
    /// cref="SegmentCommitted"/>.</summary>
    ValueTask<Appended> Append(
        long leaderEpoch, string experiment, IReadOnlyList<ExperimentEvent> events);

    /// <summary>An experiment's stream from its start; empty when there is no such
    /// experiment.</summary>
    ValueTask<IReadOnlyList<ExperimentEvent>> Read(string experiment);

    /// <summary>All result rows, by path and step.</summary>
    ValueTask<IReadOnlyList<ResultRow>> Results(string experiment);

    /// <summary>Every right to compute that was ever given, by segment and epoch.</summary>
    ValueTask<IReadOnlyList<AttemptRow>> Attempts(string experiment);

    ValueTask OpenSession(long leaderEpoch, string session, string node, TimeSpan lease);

    /// <summary>Moves the leases of live sessions on, judged by the journal's own clock.</summary>
    ValueTask Renew(long leaderEpoch, IReadOnlyCollection<string> sessions, TimeSpan lease);

    /// <summary>Sessions whose lease has not run out.</summary>
    ValueTask<IReadOnlySet<string>> LiveSessions();

    ValueTask CloseSession(long leaderEpoch, string session);

    /// <summary>Whether the stored events and tables agree: one line per fault, none when all is
    /// well.</summary>
    ValueTask<IReadOnlyList<string>> Verify(string experiment);
}

public enum Appended
{
    Ok = 0,

    /// <summary>Another process leads; nothing was written and nothing may be answered.</summary>
    Deposed = 1,

    /// <summary>A condition of an event no longer held (an epoch was passed, a state changed);
    /// nothing was written.</summary>
    Conflict = 2,
}

/// <summary>What one commit added to one path.</summary>
public sealed record ResultRow(
    long FromStep, long ToStep, int Segment, long Epoch, LaneResult Result);

public sealed record AttemptRow(int Segment, long Epoch, string Session, string? Cause);
