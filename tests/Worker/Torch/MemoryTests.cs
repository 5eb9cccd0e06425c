using Mneme.Worker.Torch;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Worker.Torch;

/// <summary>A training thread gives out again the memory of tensors that it freed.</summary>
public sealed class MemoryTests
{
    [Fact]
    public void Tensors_of_all_sizes_hold_their_own_values()
    {
        TrainingThread.Run(() =>
        {
            for (int round = 0; round < 3; round++)
            {
                using var scope = new TensorScope();
                var made = Sizes().Select(size => (size, Tensor.Full([size], size))).ToList();
                foreach (var (size, tensor) in made)
                    tensor.ToArray<float>().ShouldAllBe(x => x == size);
            }
        });
    }

    [Fact]
    public void A_tensor_may_be_freed_by_another_thread_than_made_it()
    {
        var tensor = TrainingThread.Run(() => Tensor.Full([1000], 7).Keep());
        TrainingThread.Run(() =>
        {
            tensor.ToArray<float>().ShouldAllBe(x => x == 7);
            tensor.Dispose();
            Tensor.Full([1000], 8).ToArray<float>().ShouldAllBe(x => x == 8);
        });
    }

    // Around the borders of the size classes, which lie at a quarter of each power of two.
    private static IEnumerable<long> Sizes()
    {
        for (long power = 16; power <= 1 << 20; power *= 2)
            foreach (long offset in new[] { -17L, -16, -15, -1, 0, 1 })
                yield return Math.Max(0, power + offset);
    }
}
