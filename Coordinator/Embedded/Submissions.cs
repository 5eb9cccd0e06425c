using System.Collections.Immutable;
using Mneme.Coordinator.Experiments;
using Mneme.Coordinator.Search;
using Mneme.Journal;
using Mneme.Plans;
using Mneme.Specs;
using Mneme.Worker;

namespace Mneme.Coordinator.Embedded;

/// <summary>How a state folder's one experiment is entered, or looked at.</summary>
public static class Submissions
{
    public static ImmutableArray<FamilySchema> Schemas { get; } =
        [.. Catalog.Families.Select(family => family.Schema)];

    public static FamilySchema FamilyOf(ExperimentSpec spec) => Catalog.Find(spec.Model).Schema;

    /// <summary>Submits the spec, or finds it where it was left.</summary>
    /// <exception cref="UserError">Another spec has this name, or its results came from another
    /// class of machines.</exception>
    public static async Task<Submission> Enter(
        StateFolder folder, ExperimentSpec spec, PackingWishes wishes, bool mixNumerics)
    {
        DeviceCheck.Demand(spec.Resources.Device);
        // The lock keeps others away, so that the lease need not.
        var epoch = await folder.Journal.TakeLead(
            new Candidate("embedded", Guid.NewGuid().ToString("N"), Url: ""), TimeSpan.Zero)
            ?? throw new UserError($"{folder.Path}: a coordinator serves this experiment");
        // The lock says that no other process lives: whoever held a session is dead.
        foreach (var session in await folder.Journal.LiveSessions())
            await folder.Journal.CloseSession(epoch, session.Id);
        var stream = await folder.Journal.Read(spec.Name);
        if (stream.Count == 0)
        {
            await Submit(folder, spec, wishes, epoch);
            stream = await folder.Journal.Read(spec.Name);
        }
        var submitted = (ExperimentSubmitted)stream[0];
        DemandSame(folder, spec, submitted);
        if (submitted.Numerics != NumericsClass.Of(spec.Resources.Device) && !mixNumerics)
            throw OtherNumerics(spec);
        return await Submission.Restore(folder.Journal, Schemas, stream, epoch);
    }

    /// <summary>An experiment as it is, without taking the lead.</summary>
    public static Task<Submission> Look(
        StateFolder folder, IReadOnlyList<ExperimentEvent> stream) =>
        Submission.Restore(folder.Journal, Schemas, stream, epoch: 0);

    /// <summary>The same experiment as the journal has it now.</summary>
    public static async Task<Submission> Reload(this Submission submission, StateFolder folder) =>
        await Submission.Restore(
            folder.Journal, Schemas, await folder.Journal.Read(submission.Spec.Name),
            submission.LeaderEpoch);

    /// <summary>How an experiment is packed on this machine.</summary>
    public static Packing Pack(ExperimentSpec spec, PackingWishes wishes)
    {
        var family = FamilyOf(spec);
        var estimates = PackingChoice.Of(
            spec, family, TrialEnumeration.Of(spec, family), wishes);
        return new Packing([.. estimates.Select(estimate => estimate.Packing)], wishes.Sharing);
    }

    private static async Task Submit(
        StateFolder folder, ExperimentSpec spec, PackingWishes wishes, long epoch) =>
        await folder.Journal.Append(epoch, spec.Name,
        [
            Submission.Event(
                spec, FamilyOf(spec), Pack(spec, wishes),
                NumericsClass.Of(spec.Resources.Device)),
        ]);

    /// <exception cref="UserError">The journal holds another spec under this name.</exception>
    public static void DemandSame(
        StateFolder folder, ExperimentSpec spec, ExperimentSubmitted submitted)
    {
        if (submitted.SpecSha != SpecIdentity.Sha256(spec))
            throw Changed(folder, spec, submitted);
    }

    private static UserError Changed(
        StateFolder folder, ExperimentSpec spec, ExperimentSubmitted submitted)
    {
        var stored = Submission.Stored(submitted, Schemas);
        var changes = string.Join("\n  ", SpecDifference.Between(stored, spec));
        return new UserError(
            $"""
            experiment '{spec.Name}' exists with another spec in {folder.Path}:
              {changes}
            Nothing was changed. Choose one:
              - give the new spec another name, to keep both;
              - choose another folder with --out;
              - run again with --discard, to throw the old experiment and its results away.
            """);
    }

    private static UserError OtherNumerics(ExperimentSpec spec) => new(
        $"""
        experiment '{spec.Name}' was begun with another libtorch, BLAS, processor or device: from
        here on its numbers could differ in the last bit. Go on where it was begun, or run again
        with --mix-numerics.
        """);
}
