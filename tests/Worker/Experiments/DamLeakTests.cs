using Mneme.Worker.Torch;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Worker.Experiments;

[Collection("live tensors")]
public sealed class DamLeakTests
{
    [Fact]
    public void No_tensor_leaks_over_steps_and_switches()
    {
        using var bench = DamLaneTests.Story(30, DamLaneTests.Varied(2, [8, 6, 30, 3, 5]));
        var tensors = Tensor.LiveCount;
        for (var i = 0; i < 20; i++)
        {
            DamLaneTests.Switch(bench, "learn", 90 + i * 100, clear: i % 2 == 0);
            bench.Train(100).Measure("loss");
        }
        Tensor.LiveCount.ShouldBe(tensors);
    }
}
