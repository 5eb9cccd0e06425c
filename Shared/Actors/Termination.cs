namespace Mneme.Actors;

/// <summary>A named step of an orderly end, run when the phases it follows are over.</summary>
public sealed record Phase(
    string Name, TimeSpan Limit, Func<CancellationToken, Task> Work, params string[] After);

public enum PhaseEnd { Done, Late, Failed }

public sealed record PhaseOutcome(string Name, PhaseEnd End, string Text = "");

/// <summary>
/// Ends a system once. A late phase is cancelled and left behind: the end must come, and what a
/// phase did not do is what a kill would have left undone.
/// </summary>
internal sealed class Termination(ActorSystem system, Cell root)
{
    public const string LastPhase = "actors";

    private readonly Lock gate = new();
    private readonly List<Phase> phases = [];
    private Task<IReadOnlyList<PhaseOutcome>>? running;

    public void Add(Phase phase)
    {
        lock (gate)
        {
            if (running is not null) throw new InvalidOperationException("the end has begun");
            if (phase.Name == LastPhase || phases.Any(p => p.Name == phase.Name))
                throw new InvalidOperationException($"phase '{phase.Name}' is there already");
            foreach (var name in phase.After)
                if (phases.All(p => p.Name != name))
                    throw new InvalidOperationException(
                        $"phase '{phase.Name}' follows '{name}', which is not there");
            phases.Add(phase);
        }
    }

    public Task<IReadOnlyList<PhaseOutcome>> Run(TimeSpan deadline)
    {
        var source = new TaskCompletionSource<IReadOnlyList<PhaseOutcome>>(
            TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (running is not null) return running;
            running = source.Task;
        }
        _ = Complete(source, deadline);
        return running;
    }

    private async Task Complete(
        TaskCompletionSource<IReadOnlyList<PhaseOutcome>> source, TimeSpan deadline)
    {
        try { source.SetResult(await RunAll(deadline)); }
        catch (Exception error) { source.SetException(error); }
    }

    private async Task<IReadOnlyList<PhaseOutcome>> RunAll(TimeSpan deadline)
    {
        var begun = system.Settings.Clock.GetTimestamp();
        var started = new Dictionary<string, Task<PhaseOutcome>>();
        foreach (var phase in phases)
            started[phase.Name] = Run(phase, phase.After.Select(n => started[n]), begun, deadline);
        var outcomes = (await Task.WhenAll(started.Values)).ToList();
        var last = new Phase(LastPhase, deadline, _ => StopActors());
        outcomes.Add(await Run(last, [], begun, deadline));
        return outcomes;
    }

    private Task StopActors()
    {
        root.RequestStop();
        return root.Ended;
    }

    private async Task<PhaseOutcome> Run(
        Phase phase, IEnumerable<Task<PhaseOutcome>> earlier, long begun, TimeSpan deadline)
    {
        await Task.WhenAll(earlier);
        var clock = system.Settings.Clock;
        var left = deadline - clock.GetElapsedTime(begun);
        var limit = left < phase.Limit ? left : phase.Limit;
        if (limit < TimeSpan.Zero) limit = TimeSpan.Zero;
        using var cancelled = new CancellationTokenSource(limit, clock);
        var outcome = await Outcome(phase, limit, cancelled.Token);
        if (outcome.End != PhaseEnd.Done)
            system.LogOf("termination").Warning($"{phase.Name}: {outcome.End} {outcome.Text}");
        return outcome;
    }

    private async Task<PhaseOutcome> Outcome(Phase phase, TimeSpan limit, CancellationToken token)
    {
        try
        {
            await phase.Work(token).WaitAsync(
                limit, system.Settings.Clock, CancellationToken.None);
            return new PhaseOutcome(phase.Name, PhaseEnd.Done);
        }
        catch (Exception error) when (error is TimeoutException || token.IsCancellationRequested)
        {
            return new PhaseOutcome(phase.Name, PhaseEnd.Late, $"not over after {limit}");
        }
        catch (Exception error)
        {
            return new PhaseOutcome(phase.Name, PhaseEnd.Failed, error.Message);
        }
    }
}
