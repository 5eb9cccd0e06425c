using Mneme.Actors;
using Mneme.Coordinator.Leadership;
using Mneme.Transport;
using Mneme.Worker;

namespace Mneme.Tests.Simulation;

/// <summary>A process of the real program in the world's one thread: it can die without a word, or
/// stand still while the world goes on.</summary>
internal sealed class SimulatedProcess(string name, string node, ulong seed, TimeProvider clock)
{
    private readonly SeededDispatcher dispatcher = new(seed);

    public string Name => name;
    public string Node => node;
    public JumpingClock Clock { get; } = new(clock);
    public CoordinatorNode? Coordinator { get; set; }
    public WorkerNode? Worker { get; set; }
    public MortalJournal? Journal { get; set; }
    public string? Box { get; set; }
    public bool IsDead { get; private set; }
    public bool IsFrozen { get; set; }
    public List<string> Lines { get; } = [];

    public ActorSettings Settings => new()
    {
        Clock = Clock, Dispatcher = dispatcher, Seed = seed,
        Log = line => Lines.Add(
            $"{clock.GetUtcNow():HH:mm:ss.f} {name} {line.Text} {line.Error?.Message}"),
        Die = error => Lines.Add($"{name} died: {error}"),
    };

    /// <summary>Runs one thing of it; false when nothing waits, or nothing moves.</summary>
    public bool Step() => !IsFrozen && !IsDead && dispatcher.Step();

    /// <summary>Starts work whose awaits come back to this process.</summary>
    public void Do(Action work)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(dispatcher.Context);
        try { work(); }
        finally { SynchronizationContext.SetSynchronizationContext(before); }
    }

    /// <summary>From here on nothing of it happens any more.</summary>
    public void Die()
    {
        IsDead = true;
        if (Journal is not null) Journal.IsCut = true;
    }
}
