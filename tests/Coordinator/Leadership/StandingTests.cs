using Mneme.Coordinator.Leadership;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Leadership;

public sealed class StandingTests
{
    [Theory]
    [InlineData(false, 0, -1, LeaderStep.Poll)]         // follows, with a link
    [InlineData(false, 0, 1, LeaderStep.Wait)]          // without one it could reach no worker
    [InlineData(true, 2.9, -1, LeaderStep.Wait)]
    [InlineData(true, 3, -1, LeaderStep.Renew)]
    [InlineData(true, 7.9, -1, LeaderStep.Renew)]
    [InlineData(true, 8, -1, LeaderStep.StepDown)]      // another may lead two seconds later
    [InlineData(true, 3, 14.9, LeaderStep.Renew)]
    [InlineData(true, 3, 15, LeaderStep.StepDown)]      // room for one that workers can reach
    public void What_comes_next_follows_from_where_it_stands(
        bool leads, double sinceKept, double withoutLink, LeaderStep next) =>
        new Standing(
            leads ? 4 : null, TimeSpan.FromSeconds(sinceKept),
            withoutLink < 0 ? null : TimeSpan.FromSeconds(withoutLink)).Next().ShouldBe(next);
}
