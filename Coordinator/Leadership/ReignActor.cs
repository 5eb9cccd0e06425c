using System.Collections.Immutable;
using Mneme.Actors;
using Mneme.Blobs;
using Mneme.Coordinator.Api;
using Mneme.Coordinator.Dispatch;
using Mneme.Coordinator.Experiments;
using Mneme.Journal;
using Mneme.Messages;
using Mneme.Specs;
using Mneme.Telemetry;
using Mneme.Transport;

namespace Mneme.Coordinator.Leadership;

/// <summary>Everything that lives while one process leads under one epoch: the dispatcher, the
/// experiments, the queue's service. It begins from the journal, and any failure ends it: the next
/// reign begins from the journal again.</summary>
/// <param name="begun">Hears where the reign can be asked, once it can.</param>
/// <param name="seen">Hears how the cluster looks, every second.</param>
public sealed partial class ReignActor(
    CoordinatorSurroundings outside, long epoch, ILink first, Action deposed,
    Action<Address<ReignMessage>> begun, Action<ClusterView> seen)
    : Actor<ReignMessage>, IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShowEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CollectEvery = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Untouched = TimeSpan.FromHours(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private const long EpochJump = 1_000_000;
    private readonly Dictionary<string, HostedExperiment> hosted = [];
    private readonly CancellationTokenSource over = new();
    private Address<DispatchMessage> dispatch;
    private CoordinatorLink? link;
    private ClusterView? view;
    private IAsyncDisposable? service;

    public async ValueTask DisposeAsync()
    {
        over.Cancel();      // here and now: what it ends are loops that wait for frames
        if (service is not null) await service.DisposeAsync();
        over.Dispose();
    }

    protected override async ValueTask Started()
    {
        await outside.Journal.ExtendSessions(epoch, DispatchActor.Indulgence);
        await RaiseEpochs();
        await outside.ReadCredentials();
        dispatch = Here.Spawn<DispatchMessage>("dispatch", () => new DispatchActor(
            new DispatchSurroundings(
                outside.Journal, epoch, Admit, outside.NewSecret, outside.BlobUrl, deposed)),
            Supervision.Escalate, DispatchActor.Room);
        foreach (var acted in await outside.Journal.Read(OperatorActed.Stream))
            Obey((OperatorActed)acted);
        foreach (var row in await outside.Journal.Experiments())
            await Host(row.Name);
        await Use(first);
        Here.Every("look", LookEvery, new ReignMessage.Look());
        Here.Every("collect", CollectEvery, new ReignMessage.Collect());
        Here.Every("show", ShowEvery, new ReignMessage.Show());
        Look();
        begun(Here.Self);
    }

    protected override async ValueTask Receive(ReignMessage message)
    {
        switch (message)
        {
            case ReignMessage.Linked linked: await Use(linked.Link); break;
            case ReignMessage.Submit submit: Pack(submit); break;
            case ReignMessage.Packed packed: await Enter(packed); break;
            case ReignMessage.Carry carry: await Carry(carry); break;
            case ReignMessage.PutCredential put: await Put(put); break;
            case ReignMessage.Look: Look(); break;
            case ReignMessage.Viewed viewed: seen(view = viewed.View); break;
            case ReignMessage.Show:
                await outside.ReadCredentials();
                if (view is not null) link?.Show(view);
                break;
            case ReignMessage.Changed changed: Note(changed.View); break;
            case ReignMessage.Publish publish: Publish(publish.Experiment); break;
            case ReignMessage.Published published: Note(published); break;
            case ReignMessage.Unpublished unpublished: Note(unpublished); break;
            case ReignMessage.Collect:
                Here.Later(
                    Collect(), _ => new ReignMessage.Done(), error => new ReignMessage.Failed(
                        "old blobs cannot be collected", error));
                break;
            case ReignMessage.Failed failed: Here.Log.Error(failed.What, failed.Error); break;
        }
    }

    private Refusal? Admit(Hello hello) =>
        Admission.Of(hello, outside, Here.Clock.GetUtcNow());

    // --- the beginning ---

    // A promoted database may have lost the last grants: their epochs must not be dealt twice.
    private async ValueTask RaiseEpochs()
    {
        var timeline = await outside.Journal.Timeline();
        if (timeline.Current == timeline.Accepted) return;
        if (timeline.Accepted > 0)
            foreach (var row in await outside.Journal.Experiments())
                await outside.Journal.Append(epoch, row.Name, [new EpochsRaised(EpochJump)]);
        await outside.Journal.AcceptTimeline(epoch, timeline.Current);
    }

    private void Obey(OperatorActed acted)
    {
        if (acted.Verb == "drain") dispatch.Offer(new DispatchMessage.Drain(acted.Target));
        else if (acted.Verb == "undrain") dispatch.Offer(new DispatchMessage.Undrain(acted.Target));
        else if (acted.Verb == "down") dispatch.Offer(new DispatchMessage.Down(acted.Target));
    }

    private async ValueTask Host(string name)
    {
        var stream = await outside.Journal.Read(name);
        var submission = await Submission.Restore(
            outside.Journal, outside.Schemas, stream, epoch);
        var self = Here.Self;
        var actor = Here.Spawn<ExperimentMessage>(
            $"experiment-{name}", () => new ExperimentActor(
                submission.Spec, submission.Family, submission.State, submission.Results,
                new ExperimentSurroundings(
                    outside.Journal, epoch, dispatch, outside.Decide, HasBlob, FetchLanes,
                    Sweep: null,
                    view => self.Offer(new ReignMessage.Changed(view)), deposed)),
            Supervision.Escalate);
        hosted[name] = new HostedExperiment(submission, actor);
        dispatch.Offer(new DispatchMessage.Host(name, actor));
    }

    private async ValueTask Use(ILink fresh)
    {
        if (service is not null) await service.DisposeAsync();
        link = new CoordinatorLink(fresh, epoch);
        dispatch.Offer(new DispatchMessage.Linked(link));
        service = link.Serve(dispatch);
        _ = link.Pump(dispatch, over.Token);
        _ = link.PumpDepartures(dispatch, over.Token);
    }

    private async Task<bool> HasBlob(string name, long size) =>
        Sha.TryParse(name, out var sha) && await outside.Blobs.Has(sha, size);

    private async Task<ImmutableArray<LaneResult>> FetchLanes(string sha) =>
        [.. LaneResults.Decode(await outside.Blobs.Get(Sha.Parse(sha)))];

    // --- orders ---

    private void Pack(ReignMessage.Submit submit) => Here.Later(
        Task.Run(() => outside.Pack(submit.Spec, submit.Wishes)),
        packing => new ReignMessage.Packed(submit, packing, null),
        error => new ReignMessage.Packed(submit, null, error.Message));

    private async ValueTask Enter(ReignMessage.Packed packed)
    {
        var (submit, name) = (packed.Of, packed.Of.Spec.Name);
        if (packed.Packing is not { } packing)
        {
            submit.Answer.Ok(new OrderAnswer(OrderOutcome.Invalid, packed.Fault!));
            return;
        }
        var stream = await outside.Journal.Read(name);
        if (stream.Count > 0)
        {
            submit.Answer.Ok(Known(submit.Spec, (ExperimentSubmitted)stream[0]));
            return;
        }
        var family = outside.Schemas.Single(schema => schema.Name == submit.Spec.Model);
        var outcome = await outside.Journal.Append(
            epoch, name, [Submission.Event(submit.Spec, family, packing, numerics: "")]);
        if (outcome == Appended.Ok)
        {
            await outside.Journal.Append(
                epoch, OperatorActed.Stream, [new OperatorActed("submit", name, submit.Order)]);
            await Host(name);
            submit.Answer.Ok(new OrderAnswer(OrderOutcome.Done, $"{name} is submitted"));
        }
        else deposed();
    }

    private static OrderAnswer Known(ExperimentSpec spec, ExperimentSubmitted submitted) =>
        submitted.SpecSha == SpecIdentity.Sha256(spec)
            ? new OrderAnswer(OrderOutcome.Done, $"{spec.Name} was submitted before")
            : new OrderAnswer(OrderOutcome.Refused,
                $"experiment '{spec.Name}' exists with another spec: give this one another name");

    private async ValueTask Carry(ReignMessage.Carry carry)
    {
        if (OrderOf(carry) is { } command)
        {
            if (hosted.TryGetValue(carry.Target, out var experiment))
                Pass(experiment, carry, command);
            else carry.Answer.Ok(new OrderAnswer(
                OrderOutcome.NotFound, $"there is no experiment '{carry.Target}'"));
            return;
        }
        var acted = new OperatorActed(carry.Verb, carry.Target, carry.Order);
        await outside.Journal.Append(epoch, OperatorActed.Stream, [acted]);
        Obey(acted);
        carry.Answer.Ok(new OrderAnswer(OrderOutcome.Done, $"{carry.Verb} {carry.Target}"));
    }

    private static ExperimentCommand? OrderOf(ReignMessage.Carry carry) => carry.Verb switch
    {
        "pause" => new ExperimentCommand.Hold(Pause: true, carry.Order),
        "stop" => new ExperimentCommand.Hold(Pause: false, carry.Order),
        "resume" => new ExperimentCommand.Resume(carry.Order),
        "cancel" => new ExperimentCommand.Cancel(carry.Order),
        "retry" => new ExperimentCommand.Retry(carry.Order),
        _ => null,
    };

    private void Pass(
        HostedExperiment experiment, ReignMessage.Carry carry, ExperimentCommand command) =>
        Here.Later(
            experiment.Actor.Ask<CommitOutcome>(
                sink => new ExperimentMessage.Ordered(command, sink), Patience),
            answer =>
            {
                carry.Answer.Ok(HostedExperiment.Answer(answer, carry.Verb, carry.Target));
                return new ReignMessage.Done();
            },
            _ => new ReignMessage.Done());

    private async ValueTask Put(ReignMessage.PutCredential put)
    {
        var acted = new OperatorActed("token", put.Credential.Name, put.Order);
        await outside.Journal.Append(epoch, OperatorActed.Stream, [acted]);
        await outside.Journal.PutCredential(epoch, put.Credential);
        await outside.ReadCredentials();
        put.Answer.Ok(new OrderAnswer(OrderOutcome.Done, put.Credential.Name));
    }

    // What nothing refers to and nobody has touched for so long: a commit may be under way.
    private async Task<int> Collect()
    {
        var inUse = new HashSet<string>();
        foreach (var experiment in hosted.Values.ToList())
            if (await experiment.Actor.Ask<IReadOnlySet<string>>(
                sink => new ExperimentMessage.InUse(sink), Patience)
                is Answer<IReadOnlySet<string>>.Ok known) inUse.UnionWith(known.Value);
            else return 0;
        return await Sweep.Run(outside.Blobs, inUse, TimeProvider.System, Untouched);
    }

    // --- what others see ---

    private void Note(ExperimentView view)
    {
        if (!hosted.TryGetValue(view.Name, out var experiment)) return;
        hosted[view.Name] = experiment with { View = view };
        if (view.Completed && !experiment.IsBeingPublished) Publish(view.Name);
    }

    private void Look() => Here.Later(
        Seen(), view => new ReignMessage.Viewed(view), _ => new ReignMessage.Done());

    private Task<ClusterView> Seen()
    {
        var summaries = hosted.Values.Select(experiment => experiment.Summary())
            .OrderBy(summary => summary.Name, StringComparer.Ordinal).ToImmutableArray();
        Instruments.QueueDepth("segments", summaries.Where(one => one.State == "active")
            .Sum(one => one.Segments - one.Committed - one.Quarantined));
        return Seen(summaries, Here.Clock.GetUtcNow());
    }

    private async Task<ClusterView> Seen(
        ImmutableArray<ExperimentSummary> summaries, DateTimeOffset now)
    {
        var workers = await dispatch.Ask<ImmutableArray<WorkerView>>(
            sink => new DispatchMessage.Look(sink), Patience);
        var me = outside.Me;
        return new ClusterView(
            new LeaderView(me.Node, me.Incarnation, epoch, me.Url), now,
            workers is Answer<ImmutableArray<WorkerView>>.Ok ok ? ok.Value : [], summaries);
    }
}
