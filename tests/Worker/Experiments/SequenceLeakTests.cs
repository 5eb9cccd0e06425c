using Mneme.Worker.Torch;
using Shouldly;
using Xunit;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

[Collection("live tensors")]
public sealed class SequenceLeakTests
{
    [Theory]
    [InlineData("one_layer"), InlineData("gpt")]
    public void No_tensor_leaks_over_steps_and_switches(string architecture)
    {
        using var bench = SequenceBench.Small(2,
            ("architecture", new Text(architecture)), ("layers", new Integer(2)));
        bench.Train(10).Records();
        var tensors = Tensor.LiveCount;
        for (var i = 0; i < 10; i++)
        {
            bench.Switch("redraw", 1 + i % 2, save: "first").Train(10).Records();
            bench.Switch("swap", 1 + i % 2, null, ("saved", new Text("first"))).Train(10).Records();
        }
        Tensor.LiveCount.ShouldBe(tensors);
    }
}
