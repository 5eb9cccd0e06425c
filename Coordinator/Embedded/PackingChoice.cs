using System.Collections.Immutable;
using Mneme.Coordinator.Search;
using Mneme.Plans;
using Mneme.Specs;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Torch;
using Mneme.Worker;

namespace Mneme.Coordinator.Embedded;

/// <summary>How a shape was packed, and what that is expected to take.</summary>
public sealed record PackingEstimate(
    ShapePacking Packing, int Trials, TimeSpan Step, TimeSpan Total);

/// <summary>Chooses cohort and segment sizes so that the experiment ends soonest on this machine.
/// The choice changes no byte of the results.</summary>
public static class PackingChoice
{
    private static readonly TimeSpan SegmentTarget = TimeSpan.FromSeconds(2);

    public static ImmutableArray<PackingEstimate> Of(
        ExperimentSpec spec, FamilySchema schema, ImmutableArray<TrialSpec> trials,
        PackingWishes wishes)
    {
        var family = Catalog.Find(schema.Name);
        return [.. Shapes.Of(trials, schema).Select(shape => OfShape(spec, family, shape, wishes))];
    }

    private static PackingEstimate OfShape(
        ExperimentSpec spec, ExperimentFamily family, ImmutableArray<TrialSpec> shape,
        PackingWishes wishes)
    {
        var best = Estimates(spec, family, shape, wishes).MinBy(estimate => estimate.Total)!;
        var length = wishes.StepsPerSegment ?? SegmentSteps(spec, best.Step);
        return best with { Packing = best.Packing with { StepsPerSegment = length } };
    }

    // In growing order: a size that does not fit ends the search, unless it is the smallest.
    private static List<PackingEstimate> Estimates(
        ExperimentSpec spec, ExperimentFamily family, ImmutableArray<TrialSpec> shape,
        PackingWishes wishes)
    {
        var estimates = new List<PackingEstimate>();
        foreach (var lanes in Sizes(shape.Length / spec.Schedules.Length, wishes))
            try { estimates.Add(Estimate(spec, family, shape, lanes, wishes.Slots)); }
            catch (UntrainableCohortException) when (estimates.Count > 0) { break; }
            catch (UnusableInputException error)
            {
                throw new UserError(error.Message, UserError.Usage, error);
            }
            catch (UntrainableCohortException error)
            {
                throw new UserError(
                    $"{error.Message}. Make the net or the batch smaller, or train fewer lanes at "
                    + "once with --cohort-size.", inner: error);
            }
        return estimates;
    }

    // Powers of two, and the size that fills every slot once.
    private static IEnumerable<int> Sizes(int trials, PackingWishes wishes)
    {
        if (wishes.LanesPerCohort is { } fixedSize) return [Math.Min(fixedSize, trials)];
        var evenly = (trials + wishes.Slots - 1) / wishes.Slots;
        return Enumerable.Range(0, 9).Select(power => 1 << power)
            .Append(Math.Min(evenly, 256)).Where(size => size <= trials).Distinct().Order();
    }

    private static PackingEstimate Estimate(
        ExperimentSpec spec, ExperimentFamily family, ImmutableArray<TrialSpec> shape,
        int lanes, int slots)
    {
        var cost = CohortCost.Measure(family, shape[..lanes], new Device(spec.Resources.Device));
        var cohorts = (shape.Length + lanes - 1) / lanes;
        var rounds = (cohorts + slots - 1) / slots;
        return new PackingEstimate(
            new ShapePacking(lanes, spec.Steps), shape.Length, cost.Step,
            rounds * (cost.Start + spec.Steps * cost.Step));
    }

    // Long enough that a checkpoint costs little, short enough that a kill does.
    private static long SegmentSteps(ExperimentSpec spec, TimeSpan step)
    {
        var blocks = (long)(SegmentTarget / step) / spec.MeasureEvery;
        return Math.Min(spec.Steps, Math.Max(1, blocks) * spec.MeasureEvery);
    }
}
