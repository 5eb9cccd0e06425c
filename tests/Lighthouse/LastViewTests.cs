using Mneme.Actors;
using Mneme.Lighthouse;
using Mneme.Messages;
using Mneme.Tests.Coordinator.Api;
using Mneme.Tests.Shared.Actors;
using Mneme.Tests.Shared.Results;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Lighthouse;

public sealed class LastViewTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly VirtualClock clock = new(DateTimeOffset.UnixEpoch.AddYears(50));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_leader_that_was_followed_by_another_is_not_listened_to_while_that_one_speaks()
    {
        var last = Open(clock);

        last.Hear(ViewOf(epoch: 4));
        last.Hear(ViewOf(epoch: 5));
        last.Hear(ViewOf(epoch: 4));
        last.Now!.View.Leader.Epoch.ShouldBe(5);

        clock.Advance(LastView.StaleAfter + TimeSpan.FromSeconds(1));
        last.Hear(ViewOf(epoch: 1));
        last.Now!.View.Leader.Epoch.ShouldBe(1);
    }

    [Fact]
    public void After_a_restart_the_age_is_counted_from_the_hearing_however_long_writing_took()
    {
        var ticking = new TickingClock();
        var last = Open(ticking);
        last.Hear(ViewOf(epoch: 3));
        var age = last.Now!.Age;

        var seen = Open(ticking).Now!;

        seen.View.Leader.Epoch.ShouldBe(3);
        seen.Age.ShouldBe(age + TickingClock.Tick);
    }

    private static ClusterView ViewOf(long epoch) =>
        new SampleDesk().Shown with { Leader = new LeaderView("head", "i1", epoch, "http://head") };

    private LastView Open(TimeProvider time) =>
        new(folder.At("state"), time, new Log(_ => { }, "lighthouse", time));

    /// <summary>Time passes whenever it is asked for.</summary>
    private sealed class TickingClock : TimeProvider
    {
        public static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
        private DateTimeOffset now = DateTimeOffset.UnixEpoch.AddYears(50);

        public override DateTimeOffset GetUtcNow() => now += Tick;
    }
}
