using Mneme.Worker.Cohorts;
using Mneme.Worker.Memories;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Worker.Memories;

public sealed class SequenceQueueTests
{
    [Fact]
    public void Entries_are_kept_in_order_and_the_oldest_are_dropped()
    {
        var queue = Queue(capacity: 5);
        queue.IsEmpty(0).ShouldBeTrue();
        queue.Append(0, [7, 8, 7]);
        queue.Entries(0).ShouldBe([7, 8, 7]);
        queue.Fill(0).ShouldBe(.6);

        queue.Append(0, [1, 2, 3, 4]);
        queue.Entries(0).ShouldBe([7, 1, 2, 3, 4]);
        queue.Append(0, [5, 6]);
        queue.Entries(0).ShouldBe([2, 3, 4, 5, 6]);
        queue.Fill(0).ShouldBe(1);
    }

    [Fact]
    public void Of_a_batch_above_the_capacity_the_last_ones_stay()
    {
        var queue = Queue(capacity: 3);
        queue.Append(0, [1]);
        queue.Append(0, [2, 3, 4, 5, 6, 7, 8]);

        queue.Entries(0).ShouldBe([6, 7, 8]);
    }

    [Fact]
    public void Counts_are_those_of_the_entries()
    {
        var queue = Queue(capacity: 4);
        queue.Append(0, [12, 10, 12, 11, 12]);
        var counts = new float[3];
        queue.CountInto(0, [10], size: 3, counts);

        counts.ShouldBe([1, 1, 2]);
        queue.IsWithin(0, 10, 3).ShouldBeTrue();
        queue.IsWithin(0, 10, 2).ShouldBeFalse();
        queue.IsWithin(0, 11, 2).ShouldBeFalse();
    }

    [Fact]
    public void Counts_of_blocks_that_lie_apart_stand_side_by_side()
    {
        var queue = Queue(capacity: 5);
        queue.Append(0, [40, 41, 40, 3, 2]);
        var counts = new float[4];
        queue.CountInto(0, [2, 40], size: 2, counts);

        counts.ShouldBe([1, 1, 2, 1]);
    }

    [Fact]
    public void A_queue_that_starts_with_zeros_is_full_of_them_and_returns_to_them()
    {
        var queue = Queue(capacity: 3, startsWithZeros: true);
        queue.Append(0, [4, 5]);
        var counts = new float[3];
        queue.CountInto(0, [4], size: 2, counts);
        counts.ShouldBe([1, 1, 1]);
        queue.Entries(0).ShouldBe([SequenceQueue.Zero, 4, 5]);
        queue.IsWithin(0, 4, 2).ShouldBeTrue();

        queue.Clear(0);
        queue.Entries(0).ShouldAllBe(entry => entry == SequenceQueue.Zero);
        queue.IsEmpty(0).ShouldBeFalse();
    }

    [Fact]
    public void Lanes_keep_apart()
    {
        var queue = Queue(capacity: 2, lanes: 3);
        queue.Append(1, [4, 5, 6]);
        queue.Append(2, [9]);
        queue.Clear(1);

        queue.IsEmpty(0).ShouldBeTrue();
        queue.IsEmpty(1).ShouldBeTrue();
        queue.Entries(2).ShouldBe([9]);
    }

    private static SequenceQueue Queue(
        int capacity, int lanes = 1, bool startsWithZeros = false) =>
        new(new LaneState(lanes), lanes, capacity, startsWithZeros);
}
