namespace Mneme.Actors;

/// <summary>
/// State that one message at a time may touch. <typeparamref name="M"/> is one closed hierarchy of
/// records, so that the compiler knows every message the actor can get.
/// </summary>
/// <remarks>
/// An actor that is <see cref="IAsyncDisposable"/> or <see cref="IDisposable"/> is disposed when it
/// stops and before it is replaced by a restart.
/// </remarks>
public abstract class Actor<M> where M : notnull
{
    private Scope<M>? scope;

    /// <summary>The actor's surroundings; there from <see cref="Started"/> on.</summary>
    protected Scope<M> Here =>
        scope ?? throw new InvalidOperationException("Here is not there yet: begin in Started()");

    /// <summary>Runs before the first message, again after every restart.</summary>
    protected virtual ValueTask Started() => default;

    /// <summary>Runs to its end before the next message, awaits included.</summary>
    protected abstract ValueTask Receive(M message);

    /// <summary>
    /// Runs after at most 64 messages and before the actor rests: the place to write what they
    /// caused in one transaction.
    /// </summary>
    protected virtual ValueTask Settle() => default;

    protected virtual ValueTask Notice(Signal signal) => default;

    internal ValueTask Begin(Scope<M> here)
    {
        scope = here;
        return Started();
    }

    internal ValueTask Handle(M message) => Receive(message);
    internal ValueTask EndTurn() => Settle();
    internal ValueTask Hear(Signal signal) => Notice(signal);
}
