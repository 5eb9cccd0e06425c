using System.Collections.Concurrent;
using Mneme.Blobs;
using Mneme.Coordinator.Api;
using Mneme.Coordinator.Search;
using Mneme.Journal;
using Mneme.Messages;

namespace Mneme.Tests.Coordinator.Api;

/// <summary>A coordinator that remembers what it was asked, and does nothing.</summary>
internal sealed class SampleDesk : IDesk
{
    public const string Experiment = "small";

    public static ExperimentSummary Summary { get; } = new(
        Experiment, "no-op", "active", 4, 1, 0, 2, 10, 40, 8, 2, 0, "loss 0.5", null);

    public ConcurrentQueue<Asking> Orders { get; } = [];
    public ConcurrentDictionary<string, CredentialRow> Rows { get; } = new();
    public string? Results { get; set; }
    public LeaderView? Leader { get; set; } = new("head", "i1", 3, "http://127.0.0.1:7070");
    public bool Leads { get; set; } = true;
    public OrderAnswer Answer { get; set; } = new(OrderOutcome.Done, "done as told");
    public Exception? Failure { get; set; }
    public IReadOnlyList<string> Faults { get; set; } = [];
    public ExperimentSummary Known { get; set; } = Summary;

    public ClusterView Shown { get; set; } = new(
        new LeaderView("head", "i1", 3, "http://127.0.0.1:7070"), DateTimeOffset.UnixEpoch,
        [
            new WorkerView("gpu-1", "w1", "live", 4, 1, "cuda:0", "n1", TimeSpan.FromSeconds(2),
                TimeSpan.FromMilliseconds(3), [new HeldView(Experiment, 3, 7, 120)]),
        ],
        [Summary]);

    public ClusterView View() => Leading(Shown with { Experiments = [Known] });

    public Task<ExperimentDetail?> Describe(string experiment) => Task.FromResult(Leading(
        experiment == Experiment
            ? new ExperimentDetail(Known, "name: small\n", "n1",
                [new QuarantinedSegment(2, "k2", "oom", "no memory")])
            : null));

    public Task<IReadOnlyList<StreamEvent>> Events(string stream, long after, int atMost) =>
        Task.FromResult<IReadOnlyList<StreamEvent>>(Leading<StreamEvent[]>(after == 43 ? [] :
            [new StreamEvent(after + 1, "segment-ready", $$"""{"segment":{{atMost}}}""")]));

    public Task<IReadOnlyList<string>> Verify(string experiment) =>
        Task.FromResult(Leading(Faults));

    public Task<OrderAnswer> Submit(string spec, PackingWishes wishes, Order order) =>
        Take(new Asking("submit", spec, order, wishes));

    public Task<OrderAnswer> Carry(string verb, string target, Order order) =>
        Take(new Asking(verb, target, order));

    public Task<OrderAnswer> PutCredential(CredentialRow credential, Order order)
    {
        Rows[credential.Hash] = credential;
        return Take(new Asking("token", credential.Name, order));
    }

    public IReadOnlyList<CredentialRow> Credentials => [.. Rows.Values];

    public string? ResultsOf(string experiment) => experiment == Experiment ? Results : null;

    /// <summary>No test asks for blobs themselves.</summary>
    public IBlobStore Blobs => null!;

    private Task<OrderAnswer> Take(Asking asking)
    {
        Orders.Enqueue(Leading(asking));
        return Task.FromResult(Answer);
    }

    private T Leading<T>(T value) => Failure is null
        ? Leads ? value : throw new NotLeading()
        : throw Failure;
}

internal sealed record Asking(
    string Verb, string Target, Order Order, PackingWishes? Wishes = null);
