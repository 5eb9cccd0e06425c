using System.Collections.Immutable;
using Mneme.Actors;
using Mneme.Journal;
using Mneme.Messages;
using Mneme.Transport;

namespace Mneme.Coordinator.Leadership;

/// <summary>A coordinator process: connected to the broker, leading or waiting to lead.</summary>
public sealed class CoordinatorNode : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private readonly CoordinatorSurroundings outside;
    private readonly ActorSystem system;
    private readonly Address<LeaderMessage> leader;
    private readonly LinkLoop links;
    private readonly CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;
    private volatile LeaderRow? seen;

    public CoordinatorNode(
        ITransport transport, CoordinatorSurroundings outside, ActorSettings settings)
    {
        this.outside = outside;
        system = new ActorSystem("coordinator", settings);
        leader = system.Spawn<LeaderMessage>("leader", () => new LeaderActor(
            new LeaderSurroundings(
                outside.Journal, outside.Me, NewReign, Saw, outside.ReadCredentials)));
        links = new LinkLoop(
            transport, new Caller(outside.Me.Node, outside.Me.Incarnation), settings.Clock,
            settings.Seed, Use, why => Log.Warning($"no broker: {why}"));
    }

    public bool Leads { get; private set; }

    /// <summary>The leader's row as last seen; null before the first look.</summary>
    public LeaderRow? Seen => seen;

    /// <summary>The cluster as the reign saw it a moment ago.</summary>
    public ClusterView? View { get; private set; }

    /// <summary>The reign, while this process leads.</summary>
    public Address<ReignMessage>? Reign { get; private set; }

    /// <summary>Completes when a part of it failed beyond repair.</summary>
    public Task<Exception> Failure => system.Failure;

    public CoordinatorSurroundings Surroundings => outside;

    public Log Log => new(system.Settings.Log, "coordinator", system.Settings.Clock);

    public void Start() => running = links.Run(stop.Token);

    public void Yield() => leader.Offer(new LeaderMessage.Yield());

    /// <summary>Gives up the lead, so that a standby need not wait, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        Yield();
        await system.Terminate(Grace);
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }

    private Actor<ReignMessage> NewReign(long epoch, ILink link, Action deposed) =>
        new ReignActor(
            outside, epoch, link, deposed, address => Reign = address, view => View = view);

    private void Saw(LeaderRow row, bool isMine)
    {
        (seen, Leads) = (row, isMine);
        if (!isMine) (Reign, View) = (null, null);
    }

    private async Task Use(ILink link)
    {
        leader.Offer(new LeaderMessage.Linked(link));
        var down = await link.Down;
        Log.Warning($"the link to the broker ended: {down.Text}");
        leader.Offer(new LeaderMessage.Unlinked());
    }
}
