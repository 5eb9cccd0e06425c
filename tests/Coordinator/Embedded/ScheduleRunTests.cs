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
        preview.Output.ShouldContain("shared        450 of 1,080 trial-steps (41.7 %) saved");
        (await place.Run("run", "forks.yaml", "--out", "shared")).ShouldBeFine();
        (await place.Run("run", "forks.yaml", "--out", "apart", "--no-sharing",
            "--cohort-size", "2", "--segment-steps", "7")).ShouldBeFine();

        place.HashOf("shared/forks/forks.pkl").ShouldBe(place.HashOf("apart/forks/forks.pkl"));
        place.HashOf("shared/forks/points.csv").ShouldBe(place.HashOf("apart/forks/points.csv"));
    }

    [Fact]
    public async Task All_orders_of_four_sets_give_equal_bytes_and_save_what_was_computed()
    {
        using var place = new Workplace();
        place.Write("orders.yaml", """
            name: orders
            model: dam
            measure_every: 10
            seeds: 2
            settings: {sequence_length: 8, sequences: 8, memory_size: 20, heads: 3, batch_size: 4}
            schedules: {orders_of: [A, B, C, D], switch: redraw, steps: 20}
            """);

        // Beginnings of length 1 to 4 are 4 + 12 + 24 + 24 phases; apart it would be 24 x 4.
        const string computed = "1,280 of 3,840 trial-steps (33.3 %)";
        (await place.Run("experiment", "preview", "orders.yaml"))
            .ShouldBeFine().Output.ShouldContain($"shared        {computed}");
        (await place.Run("run", "orders.yaml", "--out", "shared"))
            .ShouldBeFine().Output.ShouldContain($"Shared beginnings saved {computed}");
        (await place.Run("run", "orders.yaml", "--out", "apart", "--no-sharing"))
            .ShouldBeFine().Output.ShouldNotContain("Shared beginnings");

        foreach (var file in new[] { "orders.pkl", "points.csv", "trials.csv" })
            place.HashOf($"shared/orders/{file}").ShouldBe(place.HashOf($"apart/orders/{file}"));
    }

    [Fact]
    public async Task A_schedule_that_is_the_beginning_of_another_has_results_of_its_own()
    {
        using var place = new Workplace();
        place.Write("short.yaml", """
            name: short
            model: dam
            measure_every: 10
            seeds: 2
            settings: {sequence_length: 8, sequences: 8, memory_size: 20, heads: 3, batch_size: 4}
            schedules:
              - [{phase: a, steps: 20}, {phase: b, switch: redraw, steps: 20}]
              - [{phase: a, steps: 20}]
            """);
        (await place.Run("run", "short.yaml", "--out", "shared")).ShouldBeFine()
            .Output.ShouldContain("Shared beginnings saved 40 of 120 trial-steps (33.3 %)");
        (await place.Run("run", "short.yaml", "--out", "apart", "--no-sharing")).ShouldBeFine();

        place.HashOf("shared/short/short.pkl").ShouldBe(place.HashOf("apart/short/short.pkl"));
        foreach (var trial in new[] { "00000", "00001", "00002", "00003" })
            File.Exists(place.At($"shared/short/trials/{trial}/checkpoint.safetensors"))
                .ShouldBeTrue(trial);
    }

    [Fact]
    public async Task All_sets_together_give_equal_bytes_however_they_are_cut()
    {
        using var place = new Workplace();
        foreach (var (name, settings) in new[]
        {
            ("dam", "{sequence_length: 8, sequences: 8, memory_size: 20, heads: 3, batch_size: 4}"),
            ("sequence-switch", "{sequence_length: 8, sequences: 8, heads: 2, features: 4, "
                + "batch_size: 4}"),
        })
        {
            place.Write($"{name}.yaml", $$"""
                name: {{name}}
                model: {{name}}
                measure_every: 20
                seeds: 3
                settings: {{settings}}
                sets: [A, B]
                schedules:
                  - [{phase: a, steps: 40}, {switch: redraw, steps: 20},
                     {switch: return, set: all, steps: 20}, {switch: return, set: A, steps: 20}]
                  - [{phase: joint, set: all, steps: 60}]
                """);
            (await place.Run("run", $"{name}.yaml", "--out", "one")).ShouldBeFine();
            (await place.Run("run", $"{name}.yaml", "--out", "other", "--no-sharing",
                "--cohort-size", "2", "--segment-steps", "7")).ShouldBeFine();

            foreach (var file in new[] { $"{name}.pkl", "points.csv", "trials.csv" })
                place.HashOf($"one/{name}/{file}").ShouldBe(place.HashOf($"other/{name}/{file}"));
        }
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
