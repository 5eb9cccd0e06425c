using System.Collections.Concurrent;
using System.Diagnostics;
using Mneme.Messages;

namespace Mneme.Benchmarks.Cluster;

/// <summary>What was measured in a while.</summary>
/// <param name="Live">Workers that are welcome at its end.</param>
/// <param name="Assigned">Different grants that ever came.</param>
/// <param name="Acks">Milliseconds from a beat to its answer.</param>
/// <param name="Replies">Milliseconds from a commit's first sending to its answer.</param>
internal sealed record Hearing(
    int Live, int Assigned, int Beats, int Progress, int Refused, double[] Acks, double[] Replies);

/// <summary>Overhears a herd: how many are welcome, and how long answers take.</summary>
internal sealed class Heard
{
    private readonly ConcurrentDictionary<string, bool> live = [];
    private readonly ConcurrentDictionary<(SegmentId, long), bool> assigned = [];
    private readonly ConcurrentDictionary<(string Box, long), long> beats = [];
    private readonly ConcurrentDictionary<(SegmentId, long), long> commits = [];
    private ConcurrentQueue<double> acks = [];
    private ConcurrentQueue<double> replies = [];
    private int sent;
    private int progress;
    private int refused;

    public void Says(string box, Message message)
    {
        if (message is Beat beat)
        {
            beats[(box, beat.Sequence)] = Stopwatch.GetTimestamp();
            Interlocked.Increment(ref sent);
        }
        else if (message is Commit commit)
            commits.TryAdd((commit.Segment, commit.Epoch), Stopwatch.GetTimestamp());
        else if (message is Progress) Interlocked.Increment(ref progress);
    }

    public void Hears(string box, Message message)
    {
        if (message is Welcome) live[box] = true;
        else if (message is Refuse) Interlocked.Increment(ref refused);
        else if (message is Assign assign) assigned[(assign.Segment, assign.Epoch)] = true;
        else if (message is BeatAck ack && beats.TryRemove((box, ack.Sequence), out var at))
            acks.Enqueue(Since(at));
        else if (message is CommitReply reply)
        {
            if (commits.TryRemove((reply.Segment, reply.Epoch), out var began))
                replies.Enqueue(Since(began));
            if (reply.Next is { } next) assigned[(next.Segment, next.Epoch)] = true;
        }
    }

    public void Ended(string box) => live.TryRemove(box, out _);

    public Hearing Take() => new(
        live.Count, assigned.Count, Interlocked.Exchange(ref sent, 0),
        Interlocked.Exchange(ref progress, 0), Interlocked.Exchange(ref refused, 0),
        [.. Interlocked.Exchange(ref acks, [])], [.. Interlocked.Exchange(ref replies, [])]);

    private static double Since(long at) => Stopwatch.GetElapsedTime(at).TotalMilliseconds;
}
