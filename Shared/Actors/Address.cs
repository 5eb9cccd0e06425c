namespace Mneme.Actors;

/// <summary>
/// Where an actor takes messages. It stays good through restarts and dies with the actor: a
/// successor of the same name has another address.
/// </summary>
public readonly struct Address<M> : IEquatable<Address<M>> where M : notnull
{
    private readonly IInbox<M>? inbox;

    internal Address(IInbox<M> inbox) => this.inbox = inbox;

    public string Path => inbox?.Owner.Path ?? "nobody";

    /// <summary>Completes when the actor and everything below it is gone.</summary>
    public Task Stopped => inbox?.Owner.Ended ?? Task.CompletedTask;

    internal Cell? Owner => inbox?.Owner;

    /// <summary>False when the box is full or the actor gone. Never waits.</summary>
    public bool Offer(M message) => inbox?.Offer(message, null) ?? false;

    /// <summary>Waits for room; an actor may do so only towards its own child.</summary>
    public ValueTask<bool> Post(M message, TimeSpan within) =>
        inbox?.Post(message, within) ?? ValueTask.FromResult(false);

    /// <summary>Asks; the sink goes into the message and carries the answer back.</summary>
    public Task<Answer<R>> Ask<R>(Func<Sink<R>, M> make, TimeSpan within)
    {
        var sink = new Sink<R>();
        if (inbox is null)
        {
            sink.Reject("nobody is asked");
            return sink.Task;
        }
        sink.LimitTo(within, inbox.Owner.System.Settings.Clock);
        if (!inbox.Offer(make(sink), sink)) sink.Reject($"{Path} is full or has stopped");
        return sink.Task;
    }

    /// <summary>An address for senders who speak another vocabulary.</summary>
    public Address<N> As<N>(Func<N, M> translate) where N : notnull =>
        inbox is null ? default : new Address<N>(new Translated<N>(inbox, translate));

    public bool Equals(Address<M> other) => Equals(inbox, other.inbox);
    public override bool Equals(object? obj) => obj is Address<M> other && Equals(other);
    public override int GetHashCode() => inbox?.GetHashCode() ?? 0;
    public override string ToString() => Path;
    public static bool operator ==(Address<M> left, Address<M> right) => left.Equals(right);
    public static bool operator !=(Address<M> left, Address<M> right) => !left.Equals(right);

    private sealed class Translated<N>(IInbox<M> inbox, Func<N, M> translate) : IInbox<N>
    {
        public Cell Owner => inbox.Owner;
        public bool Offer(N message, ISink? sink) => inbox.Offer(translate(message), sink);
        public ValueTask<bool> Post(N message, TimeSpan within) =>
            inbox.Post(translate(message), within);
    }
}

/// <summary>What an address needs of an actor.</summary>
internal interface IInbox<in M>
{
    Cell Owner { get; }
    bool Offer(M message, ISink? sink);
    ValueTask<bool> Post(M message, TimeSpan within);
}
