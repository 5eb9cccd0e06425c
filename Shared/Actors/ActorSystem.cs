namespace Mneme.Actors;

/// <summary>A tree of actors with one clock, one dispatcher and one orderly end.</summary>
public sealed class ActorSystem : IAsyncDisposable
{
    private readonly ActorCell<Nothing> root;
    private readonly Termination termination;
    private readonly TaskCompletionSource<Exception> failure =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int threads;

    public ActorSystem(string name, ActorSettings? settings = null)
    {
        Settings = settings ?? new ActorSettings();
        root = new ActorCell<Nothing>(
            this, null, name, static () => new Root(), Supervision.Stop, Box.Default);
        termination = new Termination(this, root);
        root.Begin();
    }

    public ActorSettings Settings { get; }

    /// <summary>Completes when a failure reached the top and nobody is left to handle it.</summary>
    public Task<Exception> Failure => failure.Task;

    /// <summary>OS threads that actors of this system run.</summary>
    public int Threads => Volatile.Read(ref threads);

    /// <summary>Every actor that is there, with what waits for it.</summary>
    public IReadOnlyList<ActorState> Actors
    {
        get
        {
            var states = new List<ActorState>();
            Collect(root, states);
            return states;
        }
    }

    public Address<M> Spawn<M>(
        string name, Func<Actor<M>> factory, Supervision? policy = null, Box? box = null)
        where M : notnull => Spawn(root, name, factory, policy, box);

    /// <summary>
    /// Completes when the actor and everything below it is gone and its name is free.
    /// </summary>
    public Task Stop<M>(Address<M> address) where M : notnull =>
        OwnerHere(address)?.Stop() ?? Task.CompletedTask;

    /// <summary>
    /// Adds a phase of the end. It may follow only phases that are there already.
    /// </summary>
    public void AddPhase(Phase phase) => termination.Add(phase);

    /// <summary>Runs the phases, then stops every actor. A second call joins the first.</summary>
    public Task<IReadOnlyList<PhaseOutcome>> Terminate(TimeSpan deadline) =>
        termination.Run(deadline);

    public async ValueTask DisposeAsync() => await Terminate(TimeSpan.FromSeconds(10));

    internal Address<M> Spawn<M>(
        Cell parent, string name, Func<Actor<M>> factory, Supervision? policy, Box? box)
        where M : notnull
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var cell = new ActorCell<M>(
            this, parent, name, factory, policy ?? Supervision.Restart, box ?? Box.Default);
        parent.Adopt(cell);
        cell.Begin();
        return new Address<M>(cell);
    }

    internal Log LogOf(string path) => new(Settings.Log, path, Settings.Clock);
    internal void ThreadStarted() => Interlocked.Increment(ref threads);
    internal void ThreadEnded() => Interlocked.Decrement(ref threads);
    internal void Escalated(Exception error) => failure.TrySetResult(error);

    internal void Bury(string path, object message, string why) =>
        Settings.DeadLetter(new DeadLetter(path, message, why));

    /// <summary>
    /// The jitter of an actor depends on its path, so that a herd does not restart as one.
    /// </summary>
    internal ulong SeedOf(string path) =>
        path.Aggregate(
            Settings.Seed ^ 14695981039346656037, (hash, c) => (hash ^ c) * 1099511628211);

    private Cell? OwnerHere<M>(Address<M> address) where M : notnull =>
        address.Owner is { } owner && owner.System != this
            ? throw new InvalidOperationException($"{owner.Path} lives in another system")
            : address.Owner;

    private static void Collect(Cell cell, List<ActorState> states)
    {
        if (cell.Parent is not null) states.Add(cell.Measure());
        foreach (var child in cell.Children) Collect(child, states);
    }

    private sealed record Nothing;

    private sealed class Root : Actor<Nothing>
    {
        protected override ValueTask Receive(Nothing message) => default;
    }
}
