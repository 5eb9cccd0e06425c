using System.Collections.Immutable;
using Mneme.Messages;

namespace Mneme.Worker.Sessions;

/// <summary>The signs of life of one worker, and until when its grants are its own. Beats leave
/// from a thread of their own, so that a busy thread pool does not look like a death; everything
/// here may be called by any thread.</summary>
/// <param name="send">Sends over whatever link there is; it may get lost.</param>
internal sealed class Heart(TimeProvider clock, Func<Message, ValueTask> send)
{
    /// <summary>Shorter than the lease by more than a frame may be under way.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly Lock gate = new();
    private readonly Dictionary<long, long> sentAt = [];
    private TimeSpan poolDelay;
    private long sequence;
    private long lastSign;
    private bool hasSession;
    private Content content = new(0, []);

    /// <summary>A Welcome came: from the sending of its Hello on, the session lives.</summary>
    public void Open(long helloSentAt)
    {
        lock (gate)
        {
            (hasSession, lastSign) = (true, helloSentAt);
            sentAt.Clear();
        }
    }

    public void Close()
    {
        lock (gate) hasSession = false;
    }

    /// <summary>What the next beats say.</summary>
    public void Hold(int free, ImmutableArray<Held> held)
    {
        lock (gate) content = new Content(free, held);
    }

    public ValueTask Beat() => Next() is { } beat ? send(beat) : default;

    public void Acknowledge(long number)
    {
        lock (gate)
        {
            if (!sentAt.Remove(number, out var at)) return;
            if (at > lastSign) lastSign = at;
            foreach (var older in sentAt.Keys.Where(n => n < number).ToList()) sentAt.Remove(older);
        }
    }

    /// <summary>Whether a commit sent now would come from a session that surely lives.</summary>
    public bool IsSure
    {
        get { lock (gate) return hasSession && clock.GetElapsedTime(lastSign) < Deadline; }
    }

    /// <summary>For a thread of its own: its waits do not depend on the pool, and it sees how late
    /// the pool is.</summary>
    public void BeatForEver(TimeSpan every, CancellationToken stop)
    {
        while (!stop.WaitHandle.WaitOne(every))
        {
            var asked = clock.GetTimestamp();
            ThreadPool.UnsafeQueueUserWorkItem(
                _ => poolDelay = clock.GetElapsedTime(asked), null);
            _ = Beat().AsTask();
        }
    }

    private Beat? Next()
    {
        lock (gate)
        {
            if (!hasSession) return null;
            sentAt[++sequence] = clock.GetTimestamp();
            return new Beat(sequence, content.Free, poolDelay, content.Held);
        }
    }

    private sealed record Content(int Free, ImmutableArray<Held> Held);
}
