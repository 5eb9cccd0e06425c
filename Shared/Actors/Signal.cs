namespace Mneme.Actors;

/// <summary>What the kernel tells an actor, ahead of every waiting message.</summary>
public abstract record Signal
{
    private Signal() { }

    /// <summary>A child has stopped in good order; its name is free.</summary>
    public sealed record ChildStopped(string Name) : Signal;

    /// <summary>A child threw and has stopped; nobody restarts it, and its name is free.</summary>
    public sealed record ChildFailed(string Name, Exception Error) : Signal;

    /// <summary>
    /// A watched actor has stopped; <c>Error</c> says what it died of, if of anything.
    /// </summary>
    public sealed record WatchedStopped(string Path, Exception? Error) : Signal;

    /// <summary>
    /// Nobody sent a message for the time given to <see cref="Scope{M}.IdleAfter"/>; timers and
    /// tasks of the actor's own do not count.
    /// </summary>
    public sealed record Idle : Signal;

    /// <summary>The last words: messages still waiting become dead letters.</summary>
    public sealed record Stopping : Signal;
}
