using Mneme.Blobs;
using Mneme.Coordinator.Embedded;
using Mneme.Coordinator.Experiments;
using Mneme.Results;
using Mneme.Tests.Coordinator.Cli;
using Mneme.Worker.Cohorts;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Embedded;

/// <summary>A lane that is trained again is the lane that was there.</summary>
[Collection(TheProgram.Name)]
public sealed class LaneReplayTests
{
    private const string Dam = """
        name: replayed
        model: dam
        measure_every: 20
        seeds: 3
        settings: {sequence_length: 8, sequences: 8, memory_size: 20, heads: 3, batch_size: 4}
        schedules:
          - [{phase: a, steps: 60}, {phase: b, switch: redraw, steps: 30},
             {phase: c, switch: redraw, mode: freeze_A, steps: 9000}]
          - [{phase: a, steps: 60}, {phase: e, switch: redraw, mode: scratch, steps: 9030}]
        """;

    private const string SequenceSwitch = """
        name: replayed
        model: sequence-switch
        measure_every: 20
        seeds: 3
        settings: {sequences: 6, sequence_length: 6, heads: 1, features: 4, batch_size: 4}
        schedules:
          - [{phase: a, steps: 60}, {phase: b, switch: redraw, save: first, steps: 9000}]
          - [{phase: a, steps: 60}, {phase: e, switch: redraw, freeze: [mlp], steps: 9000}]
        """;

    private const string MemoryMlp = """
        name: replayed
        model: memory-mlp
        steps: 40000
        measure_every: 100
        seeds: 3
        settings: {embedding_dim: 4, hidden_dims: [8]}
        search: {method: grid, parameters: {reset: [every_step, never]}}
        """;

    [Theory, InlineData(Dam), InlineData(SequenceSwitch), InlineData(MemoryMlp)]
    public async Task From_the_seeds_it_is_what_every_checkpoint_holds(string spec)
    {
        using var place = new Workplace();
        await RunInPart(place, spec);
        await using var folder = StateFolder.Open(
            place.At("results"), "replayed", TimeProvider.System);
        var submission = await Submissions.Look(folder, await folder.Journal.Read("replayed"));
        var state = submission.State;
        var plan = state.Plan;
        var compared = 0;
        foreach (var segment in plan.Segments.Where(s => s.Index % 3 == 0 || s.FromStep < 100))
        {
            if (state.Segments[segment.Index] is not { Checkpoint: { } sha } progress) continue;
            var checkpoint = Safetensors.Read(await folder.Blobs.Get(Sha.Parse(sha)), sha);
            var lanes = plan.LanesOf(segment);
            var lane = segment.Index % lanes.Length;
            var route = new ReplayRoute(
                submission.Spec, state, plan.Paths[lanes[lane]].Trial);

            ShouldBeLane(checkpoint, lane, LaneReplay.Run(
                route.To(progress.DoneStep, _ => false), []));
            ShouldBeLane(checkpoint, lane, await FromKept(folder, route, progress.DoneStep, sha));
            if (++compared == 12) break;
        }
        compared.ShouldBeGreaterThan(4);
    }

    // From the last checkpoint before that one.
    private static async Task<ReplayedLane> FromKept(
        StateFolder folder, ReplayRoute route, long step, string sha)
    {
        var stretches = route.To(step, kept => kept != sha);
        stretches.ShouldAllBe(stretch => stretch.Lanes.Length == 1);
        var parents = new List<SafetensorsFile>();
        foreach (var parent in stretches[0].Parents)
            parents.Add(Safetensors.Read(await folder.Blobs.Get(Sha.Parse(parent)), parent));
        return LaneReplay.Run(stretches, parents);
    }

    private static void ShouldBeLane(SafetensorsFile checkpoint, int lane, ReplayedLane replayed)
    {
        var own = Safetensors.Read(replayed.Checkpoint);
        own.Metadata.ShouldBe(checkpoint.Metadata);
        own.Arrays.Select(array => array.Name).ShouldBe(checkpoint.Arrays.Select(a => a.Name));
        foreach (var (array, whole) in own.Arrays.Zip(checkpoint.Arrays))
            array.Lane(0).Bytes.Span.SequenceEqual(whole.Lane(lane).Bytes.Span)
                .ShouldBeTrue(array.Name);
    }

    // Stopped in the middle: checkpoints of the way there are not swept yet.
    private static async Task RunInPart(Workplace place, string spec)
    {
        place.Write("spec.yaml", spec);
        using var program = place.Start("run", "spec.yaml", "--cohort-size", "3",
            "--segment-steps", "25", "--slots", "1");
        (await program.Until(() => place.Checkpoints("replayed") > 12)).ShouldBeTrue();
        program.Send(RunningProgram.Interrupt);
        await program.End();
    }
}
