using Mneme.Coordinator.Experiments;

namespace Mneme.Coordinator.Cli;

/// <summary>Shows how far an experiment is: one line that rewrites itself on a terminal, a plain
/// line now and then anywhere else.</summary>
internal abstract class ProgressDisplay : IDisposable
{
    private readonly Lock gate = new();
    private readonly long started = TimeProvider.System.GetTimestamp();
    private long? firstDone;

    public static ProgressDisplay Of(bool plain) => plain ? new PlainLines() : new OneLine();

    public void Show(ExperimentView view)
    {
        lock (gate)
        {
            firstDone ??= view.DoneTrialSteps;
            Write(view, new ProgressLine(view, firstDone.Value, Elapsed));
        }
    }

    public virtual void Dispose() { }

    protected TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(started);

    protected abstract void Write(ExperimentView view, ProgressLine line);

    private sealed class PlainLines : ProgressDisplay
    {
        private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
        private TimeSpan? last;

        protected override void Write(ExperimentView view, ProgressLine line)
        {
            if (last is { } before && Elapsed - before < Every && !view.Completed) return;
            last = Elapsed;
            Console.WriteLine(line.Text());
        }
    }

    private sealed class OneLine : ProgressDisplay
    {
        private static readonly TimeSpan Every = TimeSpan.FromSeconds(0.1);
        private TimeSpan last = -Every;

        protected override void Write(ExperimentView view, ProgressLine line)
        {
            if (Elapsed - last < Every && !view.Completed) return;
            last = Elapsed;
            var width = Math.Max(20, Console.WindowWidth - 1);
            var text = $"{line.Bar(24)} {line.Text()}";
            Console.Write($"\r{(text.Length > width ? text[..width] : text.PadRight(width))}");
        }

        public override void Dispose()
        {
            Console.WriteLine();
            base.Dispose();
        }
    }
}

/// <summary>One view in words.</summary>
internal sealed record ProgressLine(ExperimentView View, long FirstDone, TimeSpan Elapsed)
{
    private double Share =>
        View.TrialSteps == 0 ? 1 : (double)View.DoneTrialSteps / View.TrialSteps;

    public string Bar(int width)
    {
        var full = (int)(Share * width);
        return new string('█', full) + new string('░', width - full);
    }

    public string Text()
    {
        var best = View.Best is { } trial
            ? $", best trial {trial.Ordinal}: {trial.Measure} {trial.Value:G4}"
            : "";
        var diverged = View.Diverged > 0 ? $", {View.Diverged} diverged" : "";
        return $"{View.Name}: {Share,4:P0}, "
            + $"trials {View.Finished}/{View.Trials} done, {View.Running} running"
            + $"{diverged}, {Clock(Elapsed)}{Remaining()}{best}";
    }

    // From this run's own speed: what was committed before it says nothing about this machine now.
    private string Remaining()
    {
        var done = View.DoneTrialSteps - FirstDone;
        if (View.Completed || done <= 0 || Elapsed < TimeSpan.FromSeconds(1)) return "";
        var ratio = (double)(View.TrialSteps - View.DoneTrialSteps) / done;
        return $", {Clock(Elapsed * ratio)} left";
    }

    private static string Clock(TimeSpan span) => span.TotalHours >= 1
        ? $"{(int)span.TotalHours}:{span.Minutes:D2}:{span.Seconds:D2}"
        : $"{span.Minutes}:{span.Seconds:D2}";
}
