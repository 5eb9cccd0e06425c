using System.Diagnostics;
using Mneme.Actors;
using Mneme.Coordinator.Dispatch;
using Mneme.Journal;
using Mneme.Messages;
using Mneme.Telemetry;

namespace Mneme.Coordinator.Experiments;

/// <summary>A command that waits for its transaction, and whom to tell.</summary>
internal sealed record Pending(ExperimentCommand Command, Session? Session)
{
    public Commit? Commit { get; init; }
    public Sink<bool>? Handled { get; init; }
    public Sink<CommitOutcome>? Ordered { get; init; }
    public TimeSpan ArrivedAt { get; init; }
    public Activity? Span { get; init; }

    /// <summary>Counts what became of it.</summary>
    public void Measure(Decision decision, TimeSpan now)
    {
        Span?.Dispose();
        foreach (var happened in decision.Events)
            if (happened is SegmentGranted) Instruments.SegmentsGranted(1);
            else if (happened is SegmentReturned back) Instruments.SegmentReturned(back.Cause);
        if (Commit is not null && decision.Outcome == CommitOutcome.Fresh)
            Instruments.SegmentCommitted(now - ArrivedAt);
        else if (Commit is not null && decision.Outcome == CommitOutcome.Fenced)
            Instruments.SegmentFenced();
    }
}
