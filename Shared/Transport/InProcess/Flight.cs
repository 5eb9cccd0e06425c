namespace Mneme.Transport.InProcess;

/// <summary>A frame between its link and the broker.</summary>
internal sealed class Flight(Route to, Frame frame, Luck luck, DateTimeOffset due)
{
    // The sender goes on elsewhere: the broker's lock is held when this completes.
    private readonly TaskCompletionSource<Sent> outcome =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Route To => to;
    public Frame Frame => frame;
    public Luck Luck => luck;
    public DateTimeOffset Due => due;
    public ITimer? Timer { get; set; }
    public Task<Sent> Outcome => outcome.Task;

    public void Land(Sent sent)
    {
        Timer?.Dispose();
        outcome.TrySetResult(luck.Dropped || luck.AnswerLost ? Sent.Unknown : sent);
    }

    /// <summary>The link ended first: the frame is gone, and its sender cannot know.</summary>
    public void Crash()
    {
        Timer?.Dispose();
        outcome.TrySetResult(Sent.Unknown);
    }
}
