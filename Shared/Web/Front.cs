using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Mneme.Actors;
using Mneme.Configuration;

namespace Mneme.Web;

/// <summary>What stands before every endpoint of every process: failures in one line, hosts and
/// origins, a limit on what is asked at once and on what a request may hold.</summary>
public static class Front
{
    /// <summary>Says in every answer that the process was started with --insecure.</summary>
    public const string InsecureHeader = "Mneme-Insecure";

    private const int MostAtOnce = 512;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    /// <summary>Routing is done, so that what follows knows the endpoint.</summary>
    /// <exception cref="CannotListen"/>
    public static WebApplication Build(NodeConfiguration settings, Log log)
    {
        var app = Listener.Build(settings);
        var (hosts, crowd) = (new HostGuard(settings), new Crowd(MostAtOnce));
        app.Use((context, next) => Safely(context, next, settings, log));
        app.Use((context, next) => hosts.Fault(context) is { } fault
            ? Answer.Fault(context, StatusCodes.Status403Forbidden, fault)
            : next(context));
        app.Use((context, next) => Bounded(context, next, crowd));
        app.UseRouting();
        app.Use(WithoutLargeBody);
        return app;
    }

    /// <exception cref="CannotListen"/>
    public static async Task Start(WebApplication app, Uri listen)
    {
        try
        {
            await app.StartAsync();
        }
        catch (IOException error)
        {
            throw new CannotListen($"listen: {listen} cannot be listened to ({error.Message}); "
                + "end the process that does, or set another", error);
        }
    }

    private static async Task Safely(
        HttpContext context, RequestDelegate next, NodeConfiguration settings, Log log)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (settings.Insecure) context.Response.Headers[InsecureHeader] = "true";
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException error)
        {
            await Answer.Fault(context, error.StatusCode, error.Message);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to be answered.
        }
        catch (Exception error)
        {
            log.Error($"{context.Request.Method} {context.Request.Path} failed", error);
            await Answer.Fault(context, StatusCodes.Status500InternalServerError,
                "something failed here that should not; the log of the process has it");
        }
    }

    private static async Task Bounded(HttpContext context, RequestDelegate next, Crowd crowd)
    {
        if (!crowd.TryEnter())
        {
            await Answer.Fault(context, StatusCodes.Status503ServiceUnavailable,
                "too much is asked at once", Soon);
            return;
        }
        try { await next(context); }
        finally { crowd.Leave(); }
    }

    // Kestrel judges what is read; this is for those who read nothing.
    private static Task WithoutLargeBody(HttpContext context, RequestDelegate next)
    {
        var limit = context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;
        return context.Request.ContentLength > limit
            ? Answer.Fault(context, StatusCodes.Status413PayloadTooLarge,
                $"the body has {context.Request.ContentLength:N0} bytes; at most {limit:N0}")
            : next(context);
    }
}
