using Mneme.Actors;
using Mneme.Blobs;
using Mneme.Coordinator.Api;
using Mneme.Coordinator.Dispatch;
using Mneme.Coordinator.Experiments;
using Mneme.Coordinator.Search;
using Mneme.Journal;
using Mneme.Messages;
using Mneme.Plans;
using Mneme.Specs;
using Mneme.Transport;

namespace Mneme.Coordinator.Leadership;

/// <summary>What is said to the actor that leads.</summary>
public abstract record ReignMessage
{
    private ReignMessage() { }

    public sealed record Linked(ILink Link) : ReignMessage;

    public sealed record Submit(
        ExperimentSpec Spec, PackingWishes Wishes, Order Order,
        Sink<OrderAnswer> Answer) : ReignMessage;

    public sealed record Carry(
        string Verb, string Target, Order Order, Sink<OrderAnswer> Answer) : ReignMessage;

    public sealed record PutCredential(
        CredentialRow Credential, Order Order, Sink<OrderAnswer> Answer) : ReignMessage;

    /// <summary>Time to see how the cluster is.</summary>
    public sealed record Look : ReignMessage;

    /// <summary>Time to tell the lighthouses, and to look after credentials.</summary>
    public sealed record Show : ReignMessage;

    internal sealed record Changed(ExperimentView View) : ReignMessage;

    /// <summary>Time to write an experiment's results.</summary>
    internal sealed record Publish(string Experiment) : ReignMessage;

    internal sealed record Published(string Experiment) : ReignMessage;

    internal sealed record Unpublished(string Experiment, Exception Error) : ReignMessage;

    internal sealed record Packed(Submit Of, Packing? Packing, string? Fault) : ReignMessage;

    /// <summary>Time to delete blobs that nothing needs.</summary>
    internal sealed record Collect : ReignMessage;

    internal sealed record Failed(string What, Exception Error) : ReignMessage;

    internal sealed record Viewed(ClusterView View) : ReignMessage;

    internal sealed record Done : ReignMessage;
}

/// <summary>What a coordinator knows and reaches, whether it leads or not.</summary>
/// <param name="Schemas">The families of its catalogue.</param>
/// <param name="Pack">How an experiment is cut into cohorts and segments; throws a <see
/// cref="UserError"/> when it cannot be.</param>
/// <param name="Publish">Writes a finished experiment's results.</param>
/// <param name="Credentials">By which workers join; null: any may.</param>
/// <param name="BlobUrl">Where workers without a shared folder find blobs, or null.</param>
public sealed record CoordinatorSurroundings(
    IJournal Journal, IBlobStore Blobs, Candidate Me,
    System.Collections.Immutable.ImmutableArray<FamilySchema> Schemas,
    Func<ExperimentSpec, PackingWishes, Packing> Pack, Func<Submission, Task> Publish,
    KnownCredentials? Credentials, string? BlobUrl, Func<string> NewSecret)
{
    /// <summary>The rules of grants and commits.</summary>
    public Func<ExperimentState, ExperimentCommand, Decision> Decide { get; init; } =
        ExperimentDecisions.Decide;

    public async Task ReadCredentials()
    {
        if (Credentials is not null) await Credentials.Read(Journal);
    }
}
