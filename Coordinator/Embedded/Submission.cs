using System.Collections.Immutable;
using System.Text;
using Mneme.Coordinator.Experiments;
using Mneme.Coordinator.Search;
using Mneme.Journal;
using Mneme.Plans;
using Mneme.Specs;
using Mneme.Worker;

namespace Mneme.Coordinator.Embedded;

/// <summary>An experiment that the journal knows, ready to go on from wherever it is.</summary>
public sealed record Submission(
    ExperimentSpec Spec, FamilySchema Family, ExperimentState State,
    IReadOnlyList<ResultRow> Results, long LeaderEpoch)
{
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
        return await Restore(folder, spec, stream, epoch);
    }

    /// <summary>An experiment as it is, without taking the lead.</summary>
    public static Task<Submission> Look(
        StateFolder folder, IReadOnlyList<ExperimentEvent> stream) =>
        Restore(folder, Stored((ExperimentSubmitted)stream[0]), stream, epoch: 0);

    /// <summary>The same experiment as the journal has it now.</summary>
    public async Task<Submission> Reload(StateFolder folder) =>
        await Restore(folder, Spec, await folder.Journal.Read(Spec.Name), LeaderEpoch);

    public static FamilySchema FamilyOf(ExperimentSpec spec) => Catalog.Find(spec.Model).Schema;

    /// <summary>The state that a stream of events leads to.</summary>
    private static async Task<Submission> Restore(
        StateFolder folder, ExperimentSpec spec, IReadOnlyList<ExperimentEvent> stream, long epoch)
    {
        var family = FamilyOf(spec);
        var submitted = (ExperimentSubmitted)stream[0];
        var plan = Planner.Plan(spec, family, TrialEnumeration.Of(spec, family), submitted.Packing);
        var rows = await folder.Journal.Results(spec.Name);
        var columns = family.Columns(spec.Sets).Length;
        if (rows.Any(row => row.Result.Points.Measures is { } own && own != columns))
            throw OtherMeasures(spec);
        return new Submission(
            spec, family, ExperimentState.Of(plan, submitted).Apply(stream), rows, epoch);
    }

    private static UserError OtherMeasures(ExperimentSpec spec) => new(
        $"""
        experiment '{spec.Name}' was trained by a version of this program that takes other
        measures: its points do not fit this version's columns. Use that version, or run again
        with --discard, to train anew.
        """);

    /// <summary>The spec as the journal holds it.</summary>
    public static ExperimentSpec Stored(ExperimentSubmitted submitted) =>
        SpecReader.Parse("the journal's spec", Encoding.UTF8.GetBytes(submitted.Spec), Schemas).Spec
        ?? throw new JournalException("the journal holds a spec that this version cannot read");

    public static ImmutableArray<FamilySchema> Schemas { get; } =
        [.. Catalog.Families.Select(family => family.Schema)];

    private static async Task Submit(
        StateFolder folder, ExperimentSpec spec, PackingWishes wishes, long epoch)
    {
        var family = FamilyOf(spec);
        var trials = TrialEnumeration.Of(spec, family);
        var estimates = PackingChoice.Of(spec, family, trials, wishes);
        var packing = new Packing(
            [.. estimates.Select(estimate => estimate.Packing)], wishes.Sharing);
        var plan = Planner.Plan(spec, family, trials, packing);
        await folder.Journal.Append(epoch, spec.Name,
        [
            new ExperimentSubmitted(
                SpecWriter.Write(spec), SpecIdentity.Sha256(spec), packing, plan.Segments.Length,
                [.. plan.Segments.Where(s => s.Parents.IsEmpty).Select(s => s.Index)],
                NumericsClass.Of(spec.Resources.Device)),
        ]);
    }

    /// <exception cref="UserError">The journal holds another spec under this name.</exception>
    public static void DemandSame(
        StateFolder folder, ExperimentSpec spec, ExperimentSubmitted submitted)
    {
        if (submitted.SpecSha != SpecIdentity.Sha256(spec)) throw Changed(folder, spec, submitted);
    }

    private static UserError Changed(
        StateFolder folder, ExperimentSpec spec, ExperimentSubmitted submitted)
    {
        var changes = string.Join("\n  ", SpecDifference.Between(Stored(submitted), spec));
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
