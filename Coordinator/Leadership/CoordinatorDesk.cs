using System.Text;
using Mneme.Actors;
using Mneme.Blobs;
using Mneme.Coordinator.Api;
using Mneme.Coordinator.Experiments;
using Mneme.Coordinator.Search;
using Mneme.Journal;
using Mneme.Messages;
using Mneme.Specs;

namespace Mneme.Coordinator.Leadership;

/// <summary>A coordinator as its HTTP interface sees it: what changes anything is asked of the
/// reign, what is on record is read from the journal.</summary>
/// <param name="published">Where an experiment's results are, once they are; else null.</param>
public sealed class CoordinatorDesk(
    CoordinatorNode node, Func<string, string?> published) : IDesk
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private CoordinatorSurroundings Outside => node.Surroundings;

    public LeaderView? Leader => node.Seen is { IsRunning: true, Who: var who } row
        ? new LeaderView(who.Node, who.Incarnation, row.Epoch, who.Url)
        : null;

    public bool Leads => node.Reign is not null;

    public IReadOnlyList<CredentialRow> Credentials => Outside.Credentials?.All ?? [];

    public IBlobStore Blobs => Outside.Blobs;

    public ClusterView View() =>
        (Leads ? node.View : null) ?? throw new NotLeading();

    public async Task<ExperimentDetail?> Describe(string experiment)
    {
        var summary = View().Experiments.FirstOrDefault(e => e.Name == experiment);
        var stream = await Outside.Journal.Read(experiment);
        if (stream.Count == 0) return null;
        var submission = await Submission.Restore(
            Outside.Journal, Outside.Schemas, stream, epoch: 0);
        var state = submission.State;
        return new ExperimentDetail(
            summary ?? throw new NotLeading(), ((ExperimentSubmitted)stream[0]).Spec,
            state.Numerics,
            [.. stream.OfType<SegmentQuarantined>()
                .Where(e => state.Segments[e.Segment].Status == SegmentStatus.Quarantined)
                .DistinctBy(e => e.Segment)
                .Select(e => new QuarantinedSegment(
                    e.Segment, state.Plan.Segments[e.Segment].Key, e.Cause, e.Text))]);
    }

    public async Task<IReadOnlyList<StreamEvent>> Events(string stream, long after, int atMost)
    {
        var events = await Outside.Journal.Read(stream);
        return [.. events.Select((happened, i) => (happened, i)).Skip((int)Math.Max(0, after))
            .Take(atMost).Select(e =>
            {
                var (kind, payload) = EventCodec.Encode(e.happened);
                return new StreamEvent(e.i + 1, kind, payload);
            })];
    }

    public async Task<IReadOnlyList<string>> Verify(string experiment) =>
        await Outside.Journal.Verify(experiment);

    public async Task<OrderAnswer> Submit(string spec, PackingWishes wishes, Order order)
    {
        var reading = SpecReader.Parse(
            "the experiment", Encoding.UTF8.GetBytes(spec), Outside.Schemas);
        if (reading.Spec is not { } read)
            return new OrderAnswer(
                OrderOutcome.Invalid, string.Join('\n', reading.Errors.Select(e => $"{e}")));
        return await Ask(sink => new ReignMessage.Submit(read, wishes, order, sink));
    }

    public Task<OrderAnswer> Carry(string verb, string target, Order order)
    {
        if (verb != "failover")
            return Ask(sink => new ReignMessage.Carry(verb, target, order, sink));
        if (!Leads) throw new NotLeading();
        node.Yield();
        return Task.FromResult(new OrderAnswer(OrderOutcome.Done, "the lead is given up"));
    }

    public Task<OrderAnswer> PutCredential(CredentialRow credential, Order order) =>
        Ask(sink => new ReignMessage.PutCredential(credential, order, sink));

    public string? ResultsOf(string experiment) => published(experiment);

    private async Task<OrderAnswer> Ask(Func<Sink<OrderAnswer>, ReignMessage> question) =>
        node.Reign is { } reign
        && await reign.Ask(question, Patience) is Answer<OrderAnswer>.Ok answer
            ? answer.Value
            : throw new NotLeading();
}
