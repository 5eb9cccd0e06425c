using Mneme.Actors;
using Shouldly;

namespace Mneme.Tests.Shared.Actors;

/// <summary>
/// An actor system in one thread and virtual time. A seed fixes every interleaving. Leaving the
/// test checks that no dead letter, actor, thread or timer is left.
/// </summary>
public sealed class TestSystem : IDisposable
{
    private static readonly TimeSpan PatienceWithRealThreads = TimeSpan.FromSeconds(20);
    private readonly SeededDispatcher dispatcher;
    private bool deadLettersExpected;

    public TestSystem(ulong seed = 1, Func<ActorSettings, ActorSettings>? change = null)
    {
        dispatcher = new SeededDispatcher(seed);
        var settings = new ActorSettings
        {
            Clock = Clock, Dispatcher = dispatcher, Seed = seed,
            Log = Log.Add, DeadLetter = DeadLetters.Add, Die = Deaths.Add,
        };
        System = new ActorSystem("test", change?.Invoke(settings) ?? settings);
    }

    public ActorSystem System { get; }
    public VirtualClock Clock { get; } = new();
    public List<LogLine> Log { get; } = [];
    public List<DeadLetter> DeadLetters { get; } = [];
    public List<Exception> Deaths { get; } = [];

    public Address<M> Spawn<M>(
        string name, Func<Actor<M>> factory, Supervision? policy = null, Box? box = null)
        where M : notnull => System.Spawn(name, factory, policy, box);

    /// <summary>Runs until every actor rests.</summary>
    public void Settle()
    {
        while (dispatcher.Step()) { }
    }

    /// <summary>
    /// Moves time, and lets the actors act at every moment at which a timer is due.
    /// </summary>
    public void Advance(TimeSpan by)
    {
        Settle();
        var until = Clock.GetUtcNow() + by;
        while (Clock.NextDue is { } due && due <= until)
        {
            Clock.Advance(due - Clock.GetUtcNow());
            Settle();
        }
        Clock.Advance(until - Clock.GetUtcNow());
    }

    /// <summary>
    /// Starts work whose awaits come back to this thread, and runs until it is over.
    /// </summary>
    public T Run<T>(Func<Task<T>> work)
    {
        var task = Begin(work);
        Await(task);
        return task.GetAwaiter().GetResult();
    }

    public void Run(Func<Task> work) => Run(async () =>
    {
        await work();
        return true;
    });

    /// <summary>
    /// Starts work whose awaits come back to this thread, and does not wait for it.
    /// </summary>
    public T Begin<T>(Func<T> work) where T : Task
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(dispatcher.Context);
        try { return work(); }
        finally { SynchronizationContext.SetSynchronizationContext(before); }
    }

    public void Await(Task task) => Until(() => task.IsCompleted);

    /// <summary>Runs until the condition holds; real threads may be at work meanwhile.</summary>
    public void Until(Func<bool> condition, string otherwise = "nothing left to run")
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (dispatcher.Step()) continue;
            Thread.Yield();
            TimeProvider.System.GetElapsedTime(begun)
                .ShouldBeLessThan(PatienceWithRealThreads, otherwise);
        }
    }

    public void ExpectDeadLetters() => deadLettersExpected = true;

    public void Dispose()
    {
        Settle();
        var end = Begin(() => System.Terminate(TimeSpan.FromMinutes(1)));
        Await(end);
        Settle();
        System.Actors.ShouldBeEmpty();
        System.Threads.ShouldBe(0);
        // The pool may still be taking down the time limit of the end itself.
        Until(() => Clock.ActiveTimers == 0, "timers outlive their actors");
        if (!deadLettersExpected) DeadLetters.ShouldBeEmpty();
    }
}
