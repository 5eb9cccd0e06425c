using Mneme.Journal;

namespace Mneme.Tests.Simulation;

/// <summary>One process's way to the shared journal: it ends with the process, can be cut off for a
/// while, and can lose the answer of a write that happened.</summary>
internal sealed class MortalJournal(
    IJournal inner, Func<double> luck, Action die, Action<string, ExperimentEvent> wrote) : IJournal
{
    /// <summary>Whether this process, or its database connection, is gone.</summary>
    public bool IsCut { get; set; }

    /// <summary>Share of writes whose answer gets lost.</summary>
    public double LosesAnswers { get; set; }

    /// <summary>Shares of writes before and after which the process dies.</summary>
    public double Dies { get; set; }

    public Guid StoreId => inner.StoreId;

    public ValueTask<LeaderRow> Leader() => Read(inner.Leader);

    public ValueTask<long?> TakeLead(Candidate who, TimeSpan lease) =>
        Write(() => inner.TakeLead(who, lease));

    public ValueTask<bool> KeepLead(long leaderEpoch, TimeSpan lease) =>
        Write(() => inner.KeepLead(leaderEpoch, lease));

    public async ValueTask YieldLead(long leaderEpoch) => await Write(async () =>
    {
        await inner.YieldLead(leaderEpoch);
        return true;
    });

    public ValueTask<Appended> Append(
        long leaderEpoch, string stream, IReadOnlyList<ExperimentEvent> events) =>
        Write(async () =>
        {
            var outcome = await inner.Append(leaderEpoch, stream, events);
            if (outcome == Appended.Ok)
                foreach (var happened in events) wrote(stream, happened);
            return outcome;
        });

    public ValueTask<IReadOnlyList<ExperimentEvent>> Read(string stream) =>
        Read(() => inner.Read(stream));

    public ValueTask<IReadOnlyList<ExperimentRow>> Experiments() => Read(inner.Experiments);

    public ValueTask<IReadOnlyList<ResultRow>> Results(string experiment) =>
        Read(() => inner.Results(experiment));

    public ValueTask<IReadOnlyList<AttemptRow>> Attempts(string experiment) =>
        Read(() => inner.Attempts(experiment));

    public ValueTask<bool> OpenSessions(
        long leaderEpoch, IReadOnlyCollection<SessionRow> sessions, TimeSpan lease) =>
        Write(() => inner.OpenSessions(leaderEpoch, sessions, lease));

    public ValueTask<bool> Renew(
        long leaderEpoch, IReadOnlyCollection<string> sessions, TimeSpan lease) =>
        Write(() => inner.Renew(leaderEpoch, sessions, lease));

    public ValueTask<bool> ExtendSessions(long leaderEpoch, TimeSpan lease) =>
        Write(() => inner.ExtendSessions(leaderEpoch, lease));

    public ValueTask<bool> CloseSession(long leaderEpoch, string session) =>
        Write(() => inner.CloseSession(leaderEpoch, session));

    public ValueTask<IReadOnlyList<SessionRow>> LiveSessions() => Read(inner.LiveSessions);

    public ValueTask<bool> PutCredential(long leaderEpoch, CredentialRow credential) =>
        Write(() => inner.PutCredential(leaderEpoch, credential));

    public ValueTask<IReadOnlyList<CredentialRow>> Credentials() => Read(inner.Credentials);

    public ValueTask<Timeline> Timeline() => Read(inner.Timeline);

    public ValueTask<bool> AcceptTimeline(long leaderEpoch, long timeline) =>
        Write(() => inner.AcceptTimeline(leaderEpoch, timeline));

    public ValueTask<IReadOnlyList<string>> Verify(string experiment) =>
        Read(() => inner.Verify(experiment));

    public ValueTask DisposeAsync() => default;

    private async ValueTask<T> Read<T>(Func<ValueTask<T>> ask) =>
        IsCut ? throw Gone("the connection is cut") : await ask();

    private async ValueTask<T> Write<T>(Func<ValueTask<T>> ask)
    {
        if (IsCut) throw Gone("the connection is cut");
        if (luck() < Dies) throw Dead("before");
        var answer = await ask();
        if (luck() < Dies) throw Dead("after");
        return luck() < LosesAnswers ? throw Gone("the answer is lost") : answer;
    }

    private JournalUnavailable Dead(string when)
    {
        die();
        return Gone($"the process died {when} the commit");
    }

    private static JournalUnavailable Gone(string why) => new(why, new IOException(why));
}
