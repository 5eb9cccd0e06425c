using System.Globalization;
using Mneme.Actors;
using Mneme.Coordinator.Api;
using Mneme.Coordinator.Experiments;
using Mneme.Messages;

namespace Mneme.Coordinator.Leadership;

/// <summary>An experiment of a reign, and how it looked last.</summary>
/// <param name="Submission">As the reign found it.</param>
internal sealed record HostedExperiment(
    Submission Submission, Address<ExperimentMessage> Actor)
{
    public ExperimentView? View { get; init; }

    /// <summary>Whether somebody writes its results, or has.</summary>
    public bool IsBeingPublished { get; init; }

    /// <summary>Whether its results are there: only then is it done.</summary>
    public bool IsPublished { get; init; }

    /// <summary>Why its results could not be written at the last try, or null.</summary>
    public string? Unwritten { get; init; }

    public ExperimentSummary Summary()
    {
        var (spec, plan) = (Submission.Spec, Submission.State.Plan);
        var view = View;
        return new ExperimentSummary(
            spec.Name, spec.Model, State, plan.Trials.Length,
            view?.Finished ?? 0, view?.Diverged ?? 0, view?.Running ?? 0,
            view?.DoneTrialSteps ?? 0, plan.TrialSteps, plan.Segments.Length,
            view?.Committed ?? 0, view?.Quarantined ?? 0, Best(view?.Best),
            Unwritten ?? view?.Stuck ?? view?.Trouble);
    }

    private string State =>
        View is { Completed: true } && !IsPublished ? "publishing" : View?.State ?? "active";

    public static OrderAnswer Answer(Answer<CommitOutcome> answer, string verb, string name) =>
        answer switch
        {
            Answer<CommitOutcome>.Ok { Value: CommitOutcome.Fresh } =>
                new OrderAnswer(OrderOutcome.Done, $"{verb} {name}"),
            Answer<CommitOutcome>.Ok { Value: CommitOutcome.Duplicate } =>
                new OrderAnswer(OrderOutcome.Done, $"{name} was so already"),
            Answer<CommitOutcome>.Ok => new OrderAnswer(
                OrderOutcome.Refused, $"{name} is over: nothing is left to {verb}"),
            _ => throw new NotLeading(),
        };

    private static string? Best(BestTrial? best) => best is null
        ? null
        : string.Create(
            CultureInfo.InvariantCulture,
            $"trial {best.Ordinal}: {best.Measure} {best.Value:G4}");
}
