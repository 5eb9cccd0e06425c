using System.Collections.Immutable;
using System.Text;
using Mneme.Coordinator.Search;
using Mneme.Journal;
using Mneme.Plans;
using Mneme.Specs;

namespace Mneme.Coordinator.Experiments;

/// <summary>An experiment that the journal knows, ready to go on from wherever it is.</summary>
public sealed record Submission(
    ExperimentSpec Spec, FamilySchema Family, ExperimentState State,
    IReadOnlyList<ResultRow> Results, long LeaderEpoch)
{
    /// <summary>The event that a spec enters the journal with.</summary>
    /// <param name="numerics">The only class of machines that may train it; empty: the first that
    /// does.</param>
    public static ExperimentSubmitted Event(
        ExperimentSpec spec, FamilySchema family, Packing packing, string numerics)
    {
        var plan = Planner.Plan(spec, family, TrialEnumeration.Of(spec, family), packing);
        return new ExperimentSubmitted(
            SpecWriter.Write(spec), SpecIdentity.Sha256(spec), packing, plan.Segments.Length,
            [.. plan.Segments.Where(s => s.Parents.IsEmpty).Select(s => s.Index)], numerics);
    }

    /// <summary>The state that a stream of events leads to.</summary>
    /// <exception cref="UserError">The results are of another version of the family.</exception>
    public static async Task<Submission> Restore(
        IJournal journal, ImmutableArray<FamilySchema> schemas,
        IReadOnlyList<ExperimentEvent> stream, long epoch)
    {
        var submitted = (ExperimentSubmitted)stream[0];
        var spec = Stored(submitted, schemas);
        var family = schemas.Single(schema => schema.Name == spec.Model);
        var plan = Planner.Plan(spec, family, TrialEnumeration.Of(spec, family), submitted.Packing);
        var rows = await journal.Results(spec.Name);
        var columns = family.Columns(spec.Sets).Length;
        if (rows.Any(row => row.Result.Points.Measures is { } own && own != columns))
            throw OtherMeasures(spec);
        return new Submission(
            spec, family, ExperimentState.Of(plan, submitted).Apply(stream), rows, epoch);
    }

    /// <summary>The spec as the journal holds it.</summary>
    public static ExperimentSpec Stored(
        ExperimentSubmitted submitted, ImmutableArray<FamilySchema> schemas) =>
        SpecReader.Parse("the journal's spec", Encoding.UTF8.GetBytes(submitted.Spec), schemas).Spec
        ?? throw new JournalException("the journal holds a spec that this version cannot read");

    private static UserError OtherMeasures(ExperimentSpec spec) => new(
        $"""
        experiment '{spec.Name}' was trained by a version of this program that takes other
        measures: its points do not fit this version's columns. Use that version, or run again
        with --discard, to train anew.
        """);
}
