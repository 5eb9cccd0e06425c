using System.Collections.Concurrent;
using System.Net;

namespace Mneme.Web;

/// <summary>Whoever guesses tokens may guess ten times a minute. Tokens that were right before are
/// not held up by a neighbour's guesses: many callers may come through one address.</summary>
public sealed class FailedAttempts(TimeProvider clock)
{
    public const int Most = 10;
    private const int MostAddresses = 10_000;
    private const int MostTokens = 10_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, byte> accepted = new();
    private readonly ConcurrentDictionary<IPAddress, Attempts> failed = new();

    /// <summary>How long an address must wait before its next guess is looked at; null: it need
    /// not.</summary>
    public TimeSpan? Wait(IPAddress address, string tokenHash)
    {
        if (accepted.ContainsKey(tokenHash)) return null;
        if (!failed.TryGetValue(address, out var attempts) || attempts.Count < Most) return null;
        var left = attempts.Since + Window - clock.GetUtcNow();
        if (left > TimeSpan.Zero) return left;
        failed.TryRemove(address, out _);
        return null;
    }

    public void Accept(string tokenHash)
    {
        if (accepted.Count >= MostTokens) accepted.Clear();
        accepted.TryAdd(tokenHash, 0);
    }

    public void Refuse(IPAddress address, string tokenHash)
    {
        accepted.TryRemove(tokenHash, out _);
        var now = clock.GetUtcNow();
        if (failed.Count >= MostAddresses) Forget(now);
        failed.AddOrUpdate(address, new Attempts(1, now), (_, before) =>
            now - before.Since > Window
                ? new Attempts(1, now)
                : before with { Count = before.Count + 1 });
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var (address, attempts) in failed)
            if (now - attempts.Since > Window) failed.TryRemove(address, out _);
        if (failed.Count >= MostAddresses) failed.Clear();
    }

    private sealed record Attempts(int Count, DateTimeOffset Since);
}
