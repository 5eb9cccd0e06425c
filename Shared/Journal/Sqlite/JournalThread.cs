using System.Collections.Concurrent;

namespace Mneme.Journal.Sqlite;

/// <summary>One thread that does all of a journal's blocking work, in order, so that no pool thread
/// waits for a disk.</summary>
internal sealed class JournalThread : IDisposable
{
    private readonly BlockingCollection<Action> work = [];
    private readonly Thread? thread;

    /// <param name="inPlace">Work is done by whoever asks, before the answer: for a simulation in
    /// one thread.</param>
    public JournalThread(bool inPlace = false)
    {
        if (inPlace) return;
        thread = new Thread(Run) { IsBackground = true, Name = "journal" };
        thread.Start();
    }

    public Task<T> Do<T>(Func<T> action)
    {
        if (thread is null) return Task.FromResult(action());
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        work.Add(() =>
        {
            try { done.SetResult(action()); }
            catch (Exception error) { done.SetException(error); }
        });
        return done.Task;
    }

    public void Dispose()
    {
        work.CompleteAdding();
        thread?.Join();
        work.Dispose();
    }

    private void Run()
    {
        foreach (var action in work.GetConsumingEnumerable()) action();
    }
}
