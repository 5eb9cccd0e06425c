namespace Mneme.Actors;

/// <summary>
/// What an actor system takes from outside; the defaults are those of a real process.
/// </summary>
public sealed record ActorSettings
{
    public TimeProvider Clock { get; init; } = TimeProvider.System;
    public Dispatcher Dispatcher { get; init; } = Dispatcher.Pool;
    public Action<LogLine> Log { get; init; } = static _ => { };
    public Action<DeadLetter> DeadLetter { get; init; } = static _ => { };

    /// <summary>
    /// Errors after which the process may not go on; a worker adds sticky device errors.
    /// </summary>
    public Func<Exception, bool> IsDeadly { get; init; } = static error =>
        error is OutOfMemoryException or InsufficientExecutionStackException;

    /// <summary>Ends the process. Its supervisor starts a new incarnation.</summary>
    public Action<Exception> Die { get; init; } = static error =>
        Environment.FailFast("an error that no restart cures", error);

    /// <summary>Of the jitter between restarts.</summary>
    public ulong Seed { get; init; } = (ulong)Environment.ProcessId;
}

/// <summary>A message that was accepted and then reached nobody.</summary>
public sealed record DeadLetter(string Path, object Message, string Why);

/// <summary>An actor's child failed beyond its policy, so the actor fails too.</summary>
public sealed class ChildFailure(string path, Exception inner)
    : Exception($"{path} failed: {inner.Message}", inner);

/// <summary>The name belongs to an actor that has not completed its stop.</summary>
public sealed class NameTaken(string path)
    : InvalidOperationException($"{path} is still there: a name is free after its actor's stop");
