using System.Net;
using System.Security.Cryptography;

namespace Mneme.Blobs.Http;

/// <summary>Tries a request again while its failure may pass: a coordinator that restarts, a
/// connection that broke.</summary>
internal sealed class Persistence(Uri address, TimeProvider clock, TimeSpan patience)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <exception cref="BlobStoreUnusable">It did not pass in time.</exception>
    public async Task<T> Try<T>(Func<Attempt, Task<T>> work, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        for (var wait = First; ; wait = wait * 2 < Longest ? wait * 2 : Longest)
        {
            using var attempt = new Attempt(clock, cancel);
            try { return await work(attempt); }
            catch (Exception error)
                when (IsPassing(error) && !cancel.IsCancellationRequested)
            {
                if (clock.GetElapsedTime(began) + wait > patience) throw GivenUp(error);
            }
            await Task.Delay(Spread(wait), clock, cancel);
        }
    }

    /// <summary>What a server says that is starting, full of work or behind a proxy; and 422, for
    /// content that was damaged on its way.</summary>
    public static bool MayPass(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
            or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
            or HttpStatusCode.GatewayTimeout or HttpStatusCode.UnprocessableEntity;

    private static bool IsPassing(Exception error) =>
        error is HttpRequestException or IOException or OperationCanceledException;

    private BlobStoreUnusable GivenUp(Exception error) => new(
        $"{address} did not take or give a blob for {patience.TotalSeconds:0} s: "
        + (error is OperationCanceledException ? "nothing moved" : error.Message), error);

    // A thousand workers that lost one coordinator need not come back as one.
    private static TimeSpan Spread(TimeSpan wait) =>
        wait * (RandomNumberGenerator.GetInt32(50, 101) / 100.0);
}

/// <summary>One try, which ends when nothing moves.</summary>
internal sealed class Attempt : IDisposable
{
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(30);
    private readonly CancellationTokenSource stalled;
    private readonly CancellationTokenSource either;

    public Attempt(TimeProvider clock, CancellationToken cancel)
    {
        stalled = new CancellationTokenSource(Stall, clock);
        either = CancellationTokenSource.CreateLinkedTokenSource(cancel, stalled.Token);
    }

    public CancellationToken Cancel => either.Token;

    /// <summary>Something moved.</summary>
    public void IsAlive() => stalled.CancelAfter(Stall);

    public void Dispose()
    {
        either.Dispose();
        stalled.Dispose();
    }
}
