using System.CommandLine;
using System.Globalization;
using Mneme.Coordinator.Cli.Cluster;
using Mneme.Coordinator.Embedded;
using Mneme.Coordinator.Search;
using Mneme.Plans;
using Mneme.Specs;

namespace Mneme.Coordinator.Cli;

/// <summary><c>mneme experiment ...</c>: what can be done with an experiment besides running
/// it.</summary>
internal static class ExperimentCommand
{
    public static Command Build()
    {
        var command = new Command(
            "experiment", "Look at experiments before and after a run, and give them to a cluster")
        {
            Validate(), Preview(), VerifyCommand.Build(), ExportCommand.Build(),
            DrawCommands.Plot(), DrawCommands.Report(),
        };
        foreach (var verb in RemoteExperimentCommands.Build()) command.Subcommands.Add(verb);
        return command;
    }

    private static Command Validate()
    {
        var argument = SpecArgument.Build();
        var command = new Command("validate", "Check an experiment file") { argument };
        command.SetAction(parsed =>
        {
            var spec = SpecArgument.Read(parsed.GetRequiredValue(argument));
            Console.Write(SpecWriter.Write(spec));
            var trials = TrialEnumeration.Of(spec, Submissions.FamilyOf(spec));
            Console.WriteLine($"# valid: {trials.Length} trials");
        });
        return command;
    }

    private static Command Preview()
    {
        var argument = SpecArgument.Build();
        var packing = new PackingOptions();
        var command = new Command(
            "preview", "Show the plan: trials, cohorts, segments, expected time")
        {
            argument,
        };
        packing.AddTo(command);
        command.SetAction(parsed => Preview(
            SpecArgument.Read(parsed.GetRequiredValue(argument)), packing.Read(parsed)));
        return command;
    }

    /// <summary><c>12,000 of 36,000 trial-steps (33.3 %)</c></summary>
    internal static string Share(long done, long apart) => string.Create(
        CultureInfo.InvariantCulture,
        $"{apart - done:N0} of {apart:N0} trial-steps ({1 - (double)done / apart:P1})");

    private static void Preview(ExperimentSpec spec, PackingWishes wishes)
    {
        DeviceCheck.Demand(spec.Resources.Device);
        var family = Submissions.FamilyOf(spec);
        var trials = TrialEnumeration.Of(spec, family);
        var estimates = PackingChoice.Of(spec, family, trials, wishes);
        var packing = new Packing(
            [.. estimates.Select(estimate => estimate.Packing)], wishes.Sharing);
        var plan = Planner.Plan(spec, family, trials, packing);
        Console.WriteLine($"experiment    {spec.Name} ({spec.Model}): {family.Question}");
        Console.WriteLine($"trials        {trials.Length:N0} = "
            + $"{trials.Length / spec.Seeds.Length / spec.Schedules.Length:N0} configurations "
            + (spec.HasSwitches ? $"x {spec.Schedules.Length:N0} schedules " : "")
            + $"x {spec.Seeds.Length:N0} seeds");
        foreach (var name in spec.ScheduleNames.Where(_ => spec.HasSwitches))
            Console.WriteLine($"  {name}");
        var isSame = spec.Schedules.All(schedule => schedule.Steps == spec.Steps);
        Console.WriteLine($"steps         {(isSame ? "" : "up to ")}{spec.Steps:N0} each, "
            + $"{plan.TrialSteps:N0} trial-steps, a point every {spec.MeasureEvery:N0}");
        var apart = plan.TrialStepsApart;
        if (plan.TrialSteps < apart)
            Console.WriteLine($"shared        {Share(plan.TrialSteps, apart)} saved: trained once "
                + "for several schedules");
        Console.WriteLine($"shapes        {estimates.Length}");
        foreach (var estimate in estimates)
            Console.WriteLine($"  {estimate.Trials:N0} trials in cohorts of up to "
                + $"{estimate.Packing.LanesPerCohort} lanes, "
                + $"{estimate.Step.TotalMicroseconds:N0} us a step, "
                + $"a checkpoint every {estimate.Packing.StepsPerSegment:N0} steps");
        Console.WriteLine($"plan          {plan.Cohorts.Length:N0} cohorts, "
            + $"{plan.Segments.Length:N0} segments");
        var total = estimates.Aggregate(TimeSpan.Zero, (sum, estimate) => sum + estimate.Total);
        Console.WriteLine($"expected      about {total.TotalSeconds:N0} s "
            + $"on {wishes.Slots} slots of this machine");
    }
}
