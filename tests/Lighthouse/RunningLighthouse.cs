using System.Net.Http.Headers;
using System.Text;
using Mneme.Configuration;
using Mneme.Lighthouse;
using Mneme.Messages;
using Mneme.Tests.Coordinator.Api;
using Mneme.Tests.Shared.Actors;
using Mneme.Tests.Shared.Configuration;
using Mneme.Tests.Shared.Results;
using Mneme.Transport;
using Mneme.Transport.InProcess;

namespace Mneme.Tests.Lighthouse;

/// <summary>A lighthouse, a broker in this process, and a leader that is asked over HTTP.</summary>
internal sealed class RunningLighthouse : IAsyncDisposable
{
    private readonly HttpClient client = new();
    private ILink link;
    private long shows;

    private RunningLighthouse(
        LighthouseServer server, RunningApi leader, VirtualClock clock, InProcessBroker broker,
        ILink link, TemporaryFolder folder) =>
        (Server, Leader, Clock, Broker, this.link, Folder) =
            (server, leader, clock, broker, link, folder);

    public LighthouseServer Server { get; private set; }
    public RunningApi Leader { get; }
    public VirtualClock Clock { get; }
    public InProcessBroker Broker { get; }
    public TemporaryFolder Folder { get; }

    public static async Task<RunningLighthouse> Start(params string[] given)
    {
        var (clock, folder) = (new VirtualClock(DateTimeOffset.UnixEpoch.AddYears(50)),
            new TemporaryFolder());
        var broker = new InProcessBroker(clock);
        var server = Build(broker, clock, folder, given);
        await server.Start();
        return new RunningLighthouse(
            server, await RunningApi.Start(), clock, broker,
            await broker.Connect(new Caller("head", "i1")), folder);
    }

    /// <summary>As its process would after a crash.</summary>
    public async Task Restart(params string[] given)
    {
        await Server.Stop();
        await Server.DisposeAsync();
        Server = Build(Broker, Clock, Folder, given);
        await Server.Start();
    }

    public async Task RestartBroker()
    {
        Broker.Stop();
        Broker.Start();
        await link.DisposeAsync();
        link = await Broker.Connect(new Caller("head", "i2"));
    }

    public ClusterView View(long epoch = 3) => Leader.Desk.Shown with
    {
        Leader = new LeaderView($"head-{epoch}", "i1", epoch, $"{Leader.Server.Url}"),
        Experiments = [SampleDesk.Summary],
    };

    /// <summary>The leader shows its view, and the lighthouse has heard it as often as it was
    /// said.</summary>
    public async Task Show(ClusterView view)
    {
        var node = view.Leader.Node;
        while (Server.Seen is not { IsStale: false } seen || seen.View.Leader.Node != node)
        {
            await Say(view);
            Clock.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }
        var last = view with { At = view.At.AddTicks(++shows) };
        await Say(last);
        while (Server.Seen.View.At != last.At) await Task.Yield();
    }

    private ValueTask<Sent> Say(ClusterView view) => link.Send(
        Route.View, MessageFrame.Of(new View(view), new Sender(link.Box)));

    public ValueTask<Sent> SayRaw(string view) => link.Send(Route.View, new Frame(
        Encoding.UTF8.GetBytes($$$"""{"v":1,"kind":"view","body":{"cluster":{{{view}}}}}"""),
        MessageFrame.Of(new Bye(), new Sender(link.Box)).Headers));

    public async Task<Said> Ask(
        string method, string path, string? token = RunningApi.RootToken, string? body = null)
    {
        using var request = new HttpRequestMessage(
            new HttpMethod(method), new Uri(Server.Url, path));
        if (body is not null) request.Content = new StringContent(body);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await client.SendAsync(request);
        return new Said(
            (int)answer.StatusCode, await answer.Content.ReadAsStringAsync(),
            answer.Headers.ToDictionary(pair => pair.Key, pair => string.Join(",", pair.Value)));
    }

    public Task<Said> Get(string path, string? token = RunningApi.RootToken) =>
        Ask("GET", path, token);

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await Server.Stop();
        await Server.DisposeAsync();
        await Leader.DisposeAsync();
        await link.DisposeAsync();
        Folder.Dispose();
    }

    private static LighthouseServer Build(
        InProcessBroker broker, VirtualClock clock, TemporaryFolder folder, string[] given) =>
        new(Given.Read(Processes.Lighthouse, null,
                ["--listen=http://127.0.0.1:0", $"--state={folder.At("state")}", .. given])
                .Settings!,
            broker, _ => { }, clock, seed: 1);
}
