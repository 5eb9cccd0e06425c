namespace Mneme.Actors;

/// <summary>
/// How a question ended. Only <c>Ok</c> and <c>Rejected</c> are certain knowledge.
/// </summary>
public abstract record Answer<R>
{
    private Answer() { }

    public sealed record Ok(R Value) : Answer<R>;

    /// <summary>The handler threw, or said no; part of the work may be done.</summary>
    public sealed record Failed(Exception Error) : Answer<R>;

    /// <summary>
    /// The question never reached the handler: the box was full or the actor gone.
    /// </summary>
    public sealed record Rejected(string Why) : Answer<R>;

    /// <summary>
    /// Time is over, or the actor stopped while it held the question. It may be done.
    /// </summary>
    public sealed record Unknown(string Why) : Answer<R>;
}

/// <summary>
/// The way back for one answer. The first completion counts, later ones change nothing.
/// </summary>
public sealed class Sink<R> : ISink
{
    // Asynchronous continuations: the asker's code never runs on the answering actor's stack.
    private readonly TaskCompletionSource<Answer<R>> source =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ITimer? limit;

    public bool IsCompleted => source.Task.IsCompleted;

    public bool Ok(R value) => Complete(new Answer<R>.Ok(value));
    public bool Fail(Exception error) => Complete(new Answer<R>.Failed(error));
    public bool Reject(string why) => Complete(new Answer<R>.Rejected(why));
    public bool Lose(string why) => Complete(new Answer<R>.Unknown(why));

    internal Task<Answer<R>> Task => source.Task;

    internal void LimitTo(TimeSpan within, TimeProvider clock)
    {
        limit = clock.CreateTimer(
            static sink => ((Sink<R>)sink!).Lose("the time limit is over"),
            this, within, Timeout.InfiniteTimeSpan);
        if (IsCompleted) limit.Dispose();
    }

    private bool Complete(Answer<R> answer)
    {
        if (!source.TrySetResult(answer)) return false;
        limit?.Dispose();
        return true;
    }
}

/// <summary>What the kernel does to a sink without knowing the type of its answer.</summary>
internal interface ISink
{
    bool IsCompleted { get; }
    bool Fail(Exception error);
    bool Reject(string why);
    bool Lose(string why);
}
