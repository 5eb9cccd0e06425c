using Microsoft.AspNetCore.Http;
using Mneme.Messages;

namespace Mneme.Web;

/// <summary>Server-sent events: the view whenever something in it changed, and every five seconds
/// anyway, so that silence means a broken line.</summary>
/// <param name="read">The present view; null ends the stream.</param>
/// <param name="stopping">Ends every stream.</param>
public sealed class ViewStream(
    Func<ClusterView?> read, TimeProvider clock, CancellationToken stopping)
{
    private const int MostAtOnce = 128;
    private const int WholeEvery = 5;

    /// <summary>Then whoever listens comes again, and with a token that is still good.</summary>
    private const int MostLooks = 600;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);
    private readonly Crowd crowd = new(MostAtOnce);

    public async Task Answer(HttpContext context)
    {
        var isFull = !crowd.TryEnter();
        if (isFull || read() is null)
        {
            if (!isFull) crowd.Leave();
            await Web.Answer.Fault(context, StatusCodes.Status503ServiceUnavailable,
                isFull ? "too many listen to the events" : "no leader is heard at the moment",
                Soon);
            return;
        }
        try { await Write(context); }
        catch (OperationCanceledException) { }   // either end has closed it
        finally { crowd.Leave(); }
    }

    private async Task Write(HttpContext context)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, stopping);
        using var timer = new PeriodicTimer(Look, clock);
        context.Response.ContentType = "text/event-stream";
        byte[] before = [];
        for (var looks = 0; looks < MostLooks && read() is { } view; looks++)
        {
            var content = ClusterViewCodec.Encode(WithoutTimes(view));
            if (looks % WholeEvery == 0 || !content.AsSpan().SequenceEqual(before))
                await Send(context, ClusterViewCodec.Encode(view), end.Token);
            before = content;
            await timer.WaitForNextTickAsync(end.Token);
        }
    }

    private static async Task Send(HttpContext context, byte[] json, CancellationToken cancel)
    {
        await context.Response.Body.WriteAsync(
            (byte[])[.. "event: view\ndata: "u8, .. json, .. "\n\n"u8], cancel);
        await context.Response.Body.FlushAsync(cancel);
    }

    // What moves by itself is no change.
    private static ClusterView WithoutTimes(ClusterView view) => view with
    {
        At = default,
        Workers = [.. view.Workers.Select(worker => worker with
        {
            LastBeat = default, PoolDelay = default,
        })],
    };
}
