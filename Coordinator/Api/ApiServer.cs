using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Mneme.Actors;
using Mneme.Blobs;
using Mneme.Configuration;
using Mneme.Web;

namespace Mneme.Coordinator.Api;

/// <summary>The coordinator's HTTP interface.</summary>
public sealed class ApiServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly IDesk desk;
    private readonly ApiContext server;

    /// <param name="blobs">Adds the endpoints that move blobs; nodes alone reach them.</param>
    /// <exception cref="UserError">The settings cannot be listened with.</exception>
    public ApiServer(
        NodeConfiguration settings, IDesk desk, Action<LogLine> log, TimeProvider clock,
        Action<IEndpointRouteBuilder, IBlobStore>? blobs = null)
    {
        var line = new Log(log, "http", clock);
        app = Refusing(() => Front.Build(settings, line));
        this.desk = desk;
        server = new ApiContext(settings, clock, line, new ViewStream(
            ViewOrNone, clock, app.Lifetime.ApplicationStopping));
        app.Use((context, next) => new Noted(server).Pass(context, next));
        app.Use(new Gate(desk, server).Pass);
        app.Use(new Leading(desk, server).Pass);
        foreach (var route in ApiRoutes.Table) Map(route);
        // How large a blob may be is said by those who take it.
        blobs?.Invoke(
            app.MapGroup("").WithMetadata(ApiRoutes.Blobs, new BodyLimit(null)), desk.Blobs);
    }

    /// <summary>Where it listens; with the port that it was given when it asked for any.</summary>
    public Uri Url => new(app.Services.GetRequiredService<IServer>().Features
        .Get<IServerAddressesFeature>()!.Addresses.First());

    /// <exception cref="UserError">The address is taken or not this machine's.</exception>
    public async Task Start()
    {
        try
        {
            await Front.Start(app, server.Settings.Listen);
        }
        catch (CannotListen error)
        {
            throw new UserError(error.Message, inner: error);
        }
    }

    /// <summary>Lets open requests end, for a few seconds.</summary>
    public Task Stop() => app.StopAsync();

    public ValueTask DisposeAsync() => app.DisposeAsync();

    internal IEnumerable<Endpoint> Endpoints =>
        ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints);

    private void Map(ApiRoute route) => app.MapMethods(route.Path, [route.Method], http =>
        route.Handle(new Asked(
            http, desk, http.Features.Get<Asker>() ?? new Asker("", Roles.Anyone, null), server)))
        .WithMetadata(route.Needs);

    // A stream ends when this process no longer leads: its listeners ask who does.
    private Messages.ClusterView? ViewOrNone()
    {
        try { return desk.Leads ? desk.View() : null; }
        catch (NotLeading) { return null; }
    }

    private static T Refusing<T>(Func<T> build)
    {
        try { return build(); }
        catch (CannotListen error) { throw new UserError(error.Message, inner: error); }
    }
}
