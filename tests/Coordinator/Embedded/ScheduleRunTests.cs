using Mneme.Tests.Coordinator.Cli;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Embedded;

/// <summary>Trials whose data switches, trained together up to the switch and forked there.
/// </summary>
public sealed class ScheduleRunTests
{
    private const string Spec = """
        name: forks
        model: dam
        measure_every: 20
        seeds: 3
        settings: {sequence_length: 8, sequences: 8, memory_size: 20, heads: 3, batch_size: 4}
        schedules:
          - [{phase: a, steps: 60}, {phase: b, switch: redraw, steps: 30},
             {phase: c, switch: redraw, mode: freeze_A, steps: 30}]
          - [{phase: a, steps: 60}, {phase: b, switch: redraw, steps: 30},
             {phase: d, switch: redraw, mode: scratch, steps: 30}]
          - [{phase: a, steps: 60}, {phase: e, switch: redraw, mode: none, steps: 60}]
        """;

    [Fact]
    public async Task Sharing_what_schedules_have_in_common_changes_no_byte()
    {
        using var place = new Workplace();
        place.Write("forks.yaml", Spec);

        var preview = (await place.Run("experiment", "preview", "forks.yaml")).ShouldBeFine();
        preview.Output.ShouldContain("shared        450 of 1,080 steps");
        (await place.Run("run", "forks.yaml", "--out", "shared")).ShouldBeFine();
        (await place.Run("run", "forks.yaml", "--out", "apart", "--no-sharing",
            "--cohort-size", "2", "--segment-steps", "7")).ShouldBeFine();

        place.HashOf("shared/forks/forks.pkl").ShouldBe(place.HashOf("apart/forks/forks.pkl"));
        place.HashOf("shared/forks/points.csv").ShouldBe(place.HashOf("apart/forks/points.csv"));
    }

    [Fact]
    public async Task Kills_inside_phases_and_at_forks_lose_and_double_nothing()
    {
        using var place = new Workplace();
        place.Write("forks.yaml", Spec);
        (await place.Run("run", "forks.yaml")).ShouldBeFine();

        var verified = await place.Run(
            "experiment", "verify", "forks.yaml", "--kills", "4", "--segment-steps", "5");

        verified.ShouldBeFine().Output.ShouldContain("pickles that differ 0");
    }
}
