namespace Mneme.Actors;

/// <summary>An actor's place in the tree: its name, parent, children and watchers.</summary>
internal abstract class Cell(ActorSystem system, Cell? parent, string name)
{
    // Flows through awaits, so that a wait which could never end is caught where it is written.
    private static readonly AsyncLocal<Cell?> RunningNow = new();

    private readonly TaskCompletionSource ended =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Lock gate = new();
    private Dictionary<string, Cell>? children;
    private HashSet<Cell>? watchers;
    private bool childless;
    private Exception? cause;

    public static Cell? Running
    {
        get => RunningNow.Value;
        protected set => RunningNow.Value = value;
    }

    public ActorSystem System => system;
    public Cell? Parent => parent;
    public string Name => name;
    public string Path { get; } = parent is null ? name : $"{parent.Path}/{name}";

    /// <summary>Completes when the actor, its children and its threads are gone.</summary>
    public Task Ended => ended.Task;

    public IReadOnlyList<Cell> Children
    {
        get { lock (gate) return children is null ? [] : [.. children.Values]; }
    }

    /// <summary>Hands work to the actor's control lane.</summary>
    public abstract void Control(Func<ValueTask> act);

    public abstract void RequestStop();
    public abstract ActorState Measure();
    protected abstract ValueTask ChildEnded(string child, Exception? error);
    protected abstract ValueTask ChildGaveUp(ChildFailure failure);
    protected abstract ValueTask WatchedEnded(string path, Exception? error);

    public bool IsSelfOrAbove(Cell? other)
    {
        for (var cell = other; cell is not null; cell = cell.Parent)
            if (cell == this) return true;
        return false;
    }

    /// <summary>Stops the actor; its own stop, or one it takes part in, nobody can await.</summary>
    public Task Stop()
    {
        if (IsSelfOrAbove(Running))
            throw new InvalidOperationException($"{Path} would wait for its own stop");
        RequestStop();
        return Ended;
    }

    public void Adopt(Cell child)
    {
        lock (gate)
        {
            if (childless) throw new InvalidOperationException($"{Path} is stopping");
            if (!(children ??= []).TryAdd(child.Name, child)) throw new NameTaken(child.Path);
        }
    }

    public void Watch(Cell other)
    {
        if (!other.AddWatcher(this)) Control(() => WatchedEnded(other.Path, other.cause));
    }

    public void Unwatch(Cell other)
    {
        lock (other.gate) other.watchers?.Remove(this);
    }

    /// <summary>From here on nobody is born here; those who live are told to stop.</summary>
    protected void StopChildren()
    {
        lock (gate) childless = true;
        foreach (var child in Children) child.RequestStop();
    }

    protected void AllowChildren()
    {
        lock (gate) childless = false;
    }

    /// <summary>The last act: the name becomes free before anyone hears of the stop.</summary>
    protected void Leave(Exception? error, bool givenUp)
    {
        cause = error;
        if (parent is not null)
        {
            lock (parent.gate) parent.children!.Remove(name);
            if (givenUp) parent.Control(() => parent.ChildGaveUp(new ChildFailure(Path, error!)));
            else parent.Control(() => parent.ChildEnded(name, error));
        }
        ended.TrySetResult();
        foreach (var watcher in TakeWatchers())
            watcher.Control(() => watcher.WatchedEnded(Path, error));
    }

    private bool AddWatcher(Cell watcher)
    {
        lock (gate)
        {
            if (Ended.IsCompleted) return false;
            (watchers ??= []).Add(watcher);
            return true;
        }
    }

    private Cell[] TakeWatchers()
    {
        lock (gate)
        {
            Cell[] taken = watchers is null ? [] : [.. watchers];
            watchers = null;
            return taken;
        }
    }
}

/// <summary>What an operator sees of an actor.</summary>
/// <param name="Path">The names from the system down.</param>
/// <param name="Depth">Messages that wait.</param>
/// <param name="Age">How long the oldest of them waits.</param>
/// <param name="Refused">Messages that found the box full.</param>
public sealed record ActorState(string Path, int Depth, TimeSpan Age, long Refused);
