namespace Mneme.Actors;

/// <summary>
/// The OS threads of one actor's life. The actor is not gone while one of them runs.
/// </summary>
internal sealed class OwnThreads<M>(ActorCell<M> cell, Scope<M> scope) where M : notnull
{
    private CancellationTokenSource? cancelled;
    private int running;

    public bool Any => running > 0;

    public void Start(string name, Action<CancellationToken> work, Func<Exception?, M>? ended)
    {
        ObjectDisposedException.ThrowIf(scope.IsOver, scope);
        var token = (cancelled ??= new()).Token;
        var thread = new Thread(() => Run(name, work, ended, token))
        {
            IsBackground = true, Name = $"{cell.Path}:{name}",
        };
        running++;
        cell.System.ThreadStarted();
        thread.Start();
    }

    public void Cancel() => cancelled?.Cancel();

    private void Run(
        string name, Action<CancellationToken> work, Func<Exception?, M>? ended,
        CancellationToken token)
    {
        Exception? error = null;
        try { work(token); }
        catch (OperationCanceledException) when (token.IsCancellationRequested) { }
        catch (Exception thrown) { error = thrown; }
        var self = Thread.CurrentThread;
        cell.Control(() => Ended(self, name, error, ended));
    }

    private async ValueTask Ended(
        Thread thread, string name, Exception? error, Func<Exception?, M>? ended)
    {
        thread.Join();
        running--;
        cell.System.ThreadEnded();
        if (scope.IsOver)
        {
            if (error is not null) cell.System.LogOf(cell.Path).Warning($"{name} threw", error);
            await cell.EndWhenAlone();
        }
        else if (ended is not null) scope.Bring(ended(error));
        else if (error is not null) await cell.Fail(error);
    }
}
