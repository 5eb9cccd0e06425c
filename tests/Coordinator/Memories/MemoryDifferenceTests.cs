using Mneme.Coordinator.Memories;
using Mneme.Results;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Memories;

public sealed class MemoryDifferenceTests
{
    [Fact]
    public void An_entry_counts_as_often_as_it_is_stored()
    {
        var change = EntryDifference.Between(["a", "b", "a", "c"], ["a", "d", "b", "b"]);

        change.Came.ShouldBe(["d", "b"]);
        change.Went.ShouldBe(["a", "c"]);
        change.Stayed.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void Nothing_changes_between_a_memory_and_its_permutation()
    {
        var change = EntryDifference.Between(["a", "b", "b"], ["b", "a", "b"]);

        (change.Came.Length, change.Went.Length, change.Stayed.Length).ShouldBe((0, 0, 3));
    }

    [Fact]
    public void A_movement_is_the_greatest_change_and_the_root_of_the_mean_square()
    {
        var moved = ArrayMovement.Between(Floats(1, 2, 3, 4), Floats(1, 5, 3, 0))!;

        moved.ShouldBe(new ArrayMovement("x", 4, 2.5));
        ArrayMovement.Between(Floats(1, 2), Floats(1, 2))!.Greatest.ShouldBe(0);
        ArrayMovement.Between(Floats(), Floats())!.RootMeanSquare.ShouldBe(0);
        ArrayMovement.Between(Floats(1, 2), Floats(1)).ShouldBeNull();
        ArrayMovement.Between(Floats(1, float.NaN), Floats(1, 2))!.Greatest.ShouldBe(double.NaN);
    }

    [Fact]
    public void Elements_of_every_type_are_numbers()
    {
        ArrayNumbers.At(NamedArray.Of<sbyte>("x", [-1, 1], 2), 0).ShouldBe(-1);
        ArrayNumbers.At(NamedArray.Of<byte>("x", [7], 1), 0).ShouldBe(7);
        ArrayNumbers.At(NamedArray.Of<bool>("x", [true], 1), 0).ShouldBe(1);
        ArrayNumbers.At(NamedArray.Of<int>("x", [-3], 1), 0).ShouldBe(-3);
        ArrayNumbers.At(NamedArray.Of<long>("x", [1L << 40], 1), 0).ShouldBe(1L << 40);
        ArrayNumbers.At(NamedArray.Of<double>("x", [.5], 1), 0).ShouldBe(.5);
        ArrayNumbers.Count(NamedArray.Of<double>("x", [1, 2, 3, 4, 5, 6], 2, 3)).ShouldBe(6);
    }

    private static NamedArray Floats(params float[] values) =>
        NamedArray.Of<float>("x", values, values.Length);
}
