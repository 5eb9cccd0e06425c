using Mneme.Coordinator.Experiments;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Experiments;

public sealed class StallsTests
{
    private readonly Stalls stalls = new();

    [Fact]
    public void A_segment_that_does_not_move_for_ten_minutes_is_stalled()
    {
        stalls.IsStalled(0, 1, 5, At(0)).ShouldBeFalse();
        stalls.IsStalled(0, 1, 5, At(9.9)).ShouldBeFalse();
        stalls.IsStalled(0, 1, 5, At(10)).ShouldBeTrue();
    }

    [Fact]
    public void A_step_or_another_epoch_begins_the_time_anew()
    {
        stalls.IsStalled(0, 1, 5, At(0));
        stalls.IsStalled(0, 1, 6, At(9)).ShouldBeFalse();
        stalls.IsStalled(0, 2, 6, At(18)).ShouldBeFalse();
        stalls.IsStalled(0, 2, 6, At(27)).ShouldBeFalse();
        stalls.IsStalled(0, 2, 6, At(28)).ShouldBeTrue();
    }

    private static TimeSpan At(double minutes) => TimeSpan.FromMinutes(minutes);
}
