using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Mneme.Configuration;
using Mneme.Credentials;

namespace Mneme.Lighthouse;

/// <summary>Who may read the view. The leader decides; what it decided is remembered for the time
/// when it cannot be asked.</summary>
internal sealed class AcceptedTokens(
    NodeConfiguration settings, LeaderCalls leader, TimeProvider clock)
{
    private const int Most = 10_000;
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RememberedFor = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<(string Hash, string Path), DateTimeOffset> accepted = [];
    private readonly string? own = settings.Token is { } token
        ? TokenHash.Of(token.Reveal())
        : null;

    /// <summary>OK, the leader's refusal, or that there is nobody to ask.</summary>
    /// <param name="path">What is to be read: the leader is asked for the same.</param>
    public async Task<HttpStatusCode> Judge(string token, string path, CancellationToken cancel)
    {
        var hash = TokenHash.Of(token);
        if (own is not null && CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(own), Encoding.ASCII.GetBytes(hash))) return HttpStatusCode.OK;
        var age = accepted.TryGetValue((hash, path), out var at)
            ? clock.GetUtcNow() - at
            : TimeSpan.MaxValue;
        if (age < AskAgainAfter) return HttpStatusCode.OK;
        var answer = await Ask(token, path, cancel);
        switch (answer)
        {
            case HttpStatusCode.OK:
                if (accepted.Count >= Most) accepted.Clear();
                accepted[(hash, path)] = clock.GetUtcNow();
                return answer;
            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                accepted.TryRemove((hash, path), out _);
                return answer;
            default:
                return age < RememberedFor ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable;
        }
    }

    private async Task<HttpStatusCode> Ask(string token, string path, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await leader.Ask(request, path, cancel);
        return answer?.StatusCode ?? HttpStatusCode.ServiceUnavailable;
    }
}
