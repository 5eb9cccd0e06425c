using Mneme.Messages;

namespace Mneme.Journal;

/// <summary>The one authority on who leads, who owns what and what is done. A stream of events per
/// experiment, and tables that the same transaction keeps in step with it; the tables' conditions
/// are the fence. One process writes at a time: every write names the epoch under which that
/// process leads, and time is the journal's own clock. A store that cannot be reached throws <see
/// cref="JournalUnavailable"/>: whether the write happened is then unknown.</summary>
public interface IJournal : IAsyncDisposable
{
    /// <summary>Names the store; the blob folder's marker has the same name.</summary>
    Guid StoreId { get; }

    /// <summary>Who leads, or led last.</summary>
    ValueTask<LeaderRow> Leader();

    /// <summary>Makes the caller the leader; every earlier leader's writes fail from now
    /// on.</summary>
    /// <param name="lease">For how long nobody else may; zero: until the next one wants to.</param>
    /// <returns>The new epoch; null while another's lease runs.</returns>
    ValueTask<long?> TakeLead(Candidate who, TimeSpan lease);

    /// <returns>Whether the caller still leads.</returns>
    ValueTask<bool> KeepLead(long leaderEpoch, TimeSpan lease);

    /// <summary>Ends the caller's lease now, so that a standby need not wait for it.</summary>
    ValueTask YieldLead(long leaderEpoch);

    /// <summary>Writes all events or none. Results travel inside their <see
    /// cref="SegmentCommitted"/>.</summary>
    ValueTask<Appended> Append(
        long leaderEpoch, string stream, IReadOnlyList<ExperimentEvent> events);

    /// <summary>A stream from its start; empty when there is no such experiment.</summary>
    ValueTask<IReadOnlyList<ExperimentEvent>> Read(string stream);

    /// <summary>Every experiment, by name.</summary>
    ValueTask<IReadOnlyList<ExperimentRow>> Experiments();

    /// <summary>All result rows, by path and step.</summary>
    ValueTask<IReadOnlyList<ResultRow>> Results(string experiment);

    /// <summary>Every right to compute that was ever given, by segment and epoch.</summary>
    ValueTask<IReadOnlyList<AttemptRow>> Attempts(string experiment);

    /// <summary>Opens sessions, each named once, or moves live ones to their new mailbox and
    /// lease.</summary>
    /// <returns>False: the caller does not lead; nothing was written. So in the next three.
    /// </returns>
    ValueTask<bool> OpenSessions(
        long leaderEpoch, IReadOnlyCollection<SessionRow> sessions, TimeSpan lease);

    /// <summary>Moves the leases of live sessions on, in one statement.</summary>
    ValueTask<bool> Renew(long leaderEpoch, IReadOnlyCollection<string> sessions, TimeSpan lease);

    /// <summary>No session whose lease still runs ends before so long from now.</summary>
    ValueTask<bool> ExtendSessions(long leaderEpoch, TimeSpan lease);

    ValueTask<bool> CloseSession(long leaderEpoch, string session);

    /// <summary>Sessions that are not closed and whose lease has not run out.</summary>
    ValueTask<IReadOnlyList<SessionRow>> LiveSessions();

    /// <summary>Stores or replaces what may be done with a token of this hash.</summary>
    ValueTask<bool> PutCredential(long leaderEpoch, CredentialRow credential);

    /// <summary>Every credential, expired and revoked ones too.</summary>
    ValueTask<IReadOnlyList<CredentialRow>> Credentials();

    /// <summary>Which history of the database this is. A standby that was promoted begins a new
    /// one, and may have lost the end of the old.</summary>
    ValueTask<Timeline> Timeline();

    /// <summary>Says that the present history was dealt with (see <see cref="EpochsRaised"/>).
    /// </summary>
    ValueTask<bool> AcceptTimeline(long leaderEpoch, long timeline);

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

/// <summary>Who wants to lead.</summary>
/// <param name="Incarnation">Random id of this process life.</param>
/// <param name="Url">Where its HTTP interface answers.</param>
public sealed record Candidate(string Node, string Incarnation, string Url);

/// <param name="IsRunning">Whether the lease runs, by the journal's clock.</param>
public sealed record LeaderRow(long Epoch, Candidate Who, bool IsRunning);

/// <summary>One incarnation of a worker, as the journal keeps it.</summary>
/// <param name="Id">Public name, <c>node.incarnation</c>; no secret.</param>
/// <param name="Box">Its present mailbox.</param>
public sealed record SessionRow(string Id, string Node, string Box, int Slots, string Numerics);

/// <param name="State">active, held, done or cancelled.</param>
public sealed record ExperimentRow(string Name, string State, string Numerics);

/// <summary>What the bearer of a token may do. The token itself is nowhere.</summary>
/// <param name="Hash">SHA-256 of the token, lower-case hexadecimal.</param>
/// <param name="Role">node, submitter, viewer or operator.</param>
/// <param name="Scope">The only node or experiment that it is good for; null: all.</param>
public sealed record CredentialRow(
    string Hash, string Name, string Role, string? Scope, DateTimeOffset Expires, bool IsRevoked);

/// <param name="System">Identifier of the database cluster.</param>
/// <param name="Accepted">The last history that a leader has dealt with.</param>
public sealed record Timeline(string System, long Current, long Accepted);

/// <summary>What one commit added to one path.</summary>
public sealed record ResultRow(
    long FromStep, long ToStep, int Segment, long Epoch, LaneResult Result);

public sealed record AttemptRow(int Segment, long Epoch, string Session, string? Cause);
