using Mneme.Coordinator.Experiments;
using Mneme.Messages;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Experiments;

/// <summary>From where, and over which steps, a lane is trained again.</summary>
public sealed class ReplayRouteTests
{
    // Two cohorts of two lanes; segments of 5 steps, of which the third was cut short at 13.
    private static readonly ExperimentState Trained = Committed(
        Samples.State(trials: 4, lanes: 2, steps: 20, segment: 5), (4, 5), (5, 10), (6, 13));

    [Fact]
    public void It_is_known_how_far_a_trial_is_trained()
    {
        Route(trial: 3).TrainedSteps.ShouldBe(13);
        Route(trial: 0).TrainedSteps.ShouldBe(0);
    }

    [Theory]
    [InlineData(0, "0-0")]
    [InlineData(3, "0-3")]
    [InlineData(5, "5-5 from sha4")]
    [InlineData(9, "5-5 from sha4, 5-9")]
    [InlineData(12, "10-10 from sha5, 10-12")]
    [InlineData(13, "13-13 from sha6")]
    public void It_begins_at_the_last_checkpoint_that_is_not_beyond_the_step(
        long step, string expected) => Text(Route(trial: 3).To(step, _ => true)).ShouldBe(expected);

    [Theory]
    [InlineData("sha4", "5-5 from sha4, 5-10, 10-12")]
    [InlineData("sha6", "0-5, 5-10, 10-12")]
    [InlineData("", "0-5, 5-10, 10-12")]
    public void What_was_swept_is_trained_again(string kept, string expected) =>
        Text(Route(trial: 3).To(12, sha => sha == kept)).ShouldBe(expected);

    [Fact]
    public void It_is_the_trial_s_own_lane_alone()
    {
        foreach (var stretch in Route(trial: 3).To(12, sha => sha == "sha4"))
        {
            var lane = stretch.Lanes.Single();
            lane.Seed.ShouldBe(3u);
            lane.Source.Lane.ShouldBe(1);
        }
    }

    private static ReplayRoute Route(int trial) => new(Samples.Spec(), Trained, trial);

    private static ExperimentState Committed(
        ExperimentState state, params (int Segment, long Step)[] done)
    {
        foreach (var (segment, step) in done)
            state = state with
            {
                Segments = state.Segments.SetItem(segment, state.Segments[segment] with
                {
                    DoneStep = step, Checkpoint = $"sha{segment}",
                }),
            };
        return state;
    }

    private static string Text(IEnumerable<Assign> stretches) => string.Join(", ",
        stretches.Select(stretch => $"{stretch.FromStep}-{stretch.ToStep}"
            + (stretch.Parents.IsEmpty ? "" : $" from {stretch.Parents.Single()}")));
}
