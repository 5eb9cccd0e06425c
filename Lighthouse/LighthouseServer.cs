using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Mneme.Actors;
using Mneme.Configuration;
using Mneme.Credentials;
using Mneme.Messages;
using Mneme.Transport;
using Mneme.Web;

namespace Mneme.Lighthouse;

/// <summary>Shows the last view, and hands on everything else. Grants nothing, so it can split
/// nothing.</summary>
internal sealed class LighthouseServer : IAsyncDisposable
{
    public const string StaleHeader = "Mneme-Stale";

    private readonly CancellationTokenSource stop = new();
    private readonly NodeConfiguration settings;
    private readonly WebApplication app;
    private readonly LastView last;
    private readonly LeaderCalls leader;
    private readonly AcceptedTokens tokens;
    private readonly FailedAttempts attempts;
    private readonly Forwarding forwarding;
    private readonly Beacon beacon;
    private Task listening = Task.CompletedTask;

    /// <param name="seed">Of the pauses between attempts to reach the broker.</param>
    /// <exception cref="CannotListen"/>
    public LighthouseServer(
        NodeConfiguration settings, ITransport transport, Action<LogLine> log, TimeProvider clock,
        ulong seed)
    {
        var line = new Log(log, "lighthouse", clock);
        this.settings = settings;
        last = new LastView(settings.State, clock, line);
        leader = new LeaderCalls(settings, last, line);
        tokens = new AcceptedTokens(settings, leader, clock);
        attempts = new FailedAttempts(clock);
        forwarding = new Forwarding(leader);
        beacon = new Beacon(transport, settings.Node, clock, seed, last,
            why => line.Warning($"the broker cannot be reached: {why}"));
        app = Front.Build(settings, line);
        var events = new ViewStream(
            () => last.Now is { IsStale: false } seen ? seen.View : null, clock,
            app.Lifetime.ApplicationStopping);
        app.MapGet("/healthz", (RequestDelegate)(http =>
            Answer.Bytes(http, [.. "{\"healthy\":true}"u8])));
        Show("/v1/cluster", (http, view) => Answer.Bytes(http, ClusterViewCodec.Encode(view)));
        Show("/v1/members",
            (http, view) => Answer.Bytes(http, ClusterViewCodec.EncodeWorkers(view)));
        Show("/v1/leader",
            (http, view) => Answer.Bytes(http, ClusterViewCodec.Encode(view.Leader)));
        Show("/v1/events", (http, _) => events.Answer(http));
        // How large a blob may be is the leader's affair.
        app.Map("/v1/blobs/{**rest}", Forward).WithMetadata(new BodyLimit(null));
        app.Map("/{**rest}", Forward);
    }

    /// <summary>Where it listens.</summary>
    public Uri Url => new(app.Services.GetRequiredService<IServer>().Features
        .Get<IServerAddressesFeature>()!.Addresses.First());

    public Seen? Seen => last.Now;

    /// <exception cref="CannotListen"/>
    public async Task Start()
    {
        await Front.Start(app, settings.Listen);
        listening = beacon.Run(stop.Token);
    }

    public async Task Stop()
    {
        await stop.CancelAsync();
        await app.StopAsync();
        await listening;
    }

    public async ValueTask DisposeAsync()
    {
        leader.Dispose();
        stop.Dispose();
        await app.DisposeAsync();
    }

    private void Show(string path, Func<HttpContext, ClusterView, Task> show) =>
        app.MapGet(path, (RequestDelegate)(async http =>
        {
            if (await TokenOf(http) is not { } token) return;
            var asked = path == "/v1/events" ? "/v1/cluster" : path;
            var judged = await tokens.Judge(token, asked, http.RequestAborted);
            Remember(http, token, judged);
            if (judged != HttpStatusCode.OK) await Refuse(http, judged);
            else if (last.Now is not { } seen)
                await Refuse(http, HttpStatusCode.ServiceUnavailable);
            else
            {
                http.Response.Headers.Age = ((int)seen.Age.TotalSeconds)
                    .ToString(CultureInfo.InvariantCulture);
                if (seen.IsStale) http.Response.Headers[StaleHeader] = "true";
                await show(http, seen.View);
            }
        }));

    private async Task Forward(HttpContext http)
    {
        if (await TokenOf(http) is not { } token) return;
        if (!http.Request.Path.StartsWithSegments("/v1"))
            await Answer.Fault(http, StatusCodes.Status404NotFound, "there is nothing here");
        else Remember(http, token, await forwarding.Pass(http));
    }

    /// <summary>Null after the answer that there is none, or that it must wait.</summary>
    private async Task<string?> TokenOf(HttpContext http)
    {
        var token = BearerToken.Of(http);
        if (token is null)
            await Answer.Fault(http, StatusCodes.Status401Unauthorized,
                "a token is needed: Authorization: Bearer TOKEN");
        else if (attempts.Wait(RemoteAddress.Of(http), TokenHash.Of(token)) is { } wait)
        {
            await Answer.Fault(http, StatusCodes.Status429TooManyRequests,
                "too many wrong tokens came from this address", wait);
            return null;
        }
        return token;
    }

    private void Remember(HttpContext http, string token, HttpStatusCode? judged)
    {
        var hash = TokenHash.Of(token);
        if (judged == HttpStatusCode.Unauthorized) attempts.Refuse(RemoteAddress.Of(http), hash);
        else if (judged is >= HttpStatusCode.OK and < HttpStatusCode.Ambiguous)
            attempts.Accept(hash);
    }

    private static Task Refuse(HttpContext http, HttpStatusCode status) => Answer.Fault(
        http, (int)status, status switch
        {
            HttpStatusCode.Unauthorized => "the token is unknown, expired or revoked",
            HttpStatusCode.Forbidden => "the token may not do this",
            _ => "no leader was heard of, or it cannot be asked about the token",
        },
        status == HttpStatusCode.ServiceUnavailable ? TimeSpan.FromSeconds(2) : null);
}
