using Mneme.Messages;
using Mneme.Tests.Shared.Actors;
using Mneme.Worker.Sessions;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Worker.Sessions;

public sealed class HeartTests
{
    private readonly VirtualClock clock = new();
    private readonly List<Beat> beats = [];
    private readonly Heart heart;

    public HeartTests() => heart = new Heart(clock, message =>
    {
        beats.Add((Beat)message);
        return default;
    });

    [Fact]
    public void The_deadline_counts_from_the_sending_of_the_last_acknowledged_beat()
    {
        heart.Open(clock.GetTimestamp());
        Pass(10);
        Beat();
        Pass(8);
        heart.Acknowledge(1);       // sent 8 s ago

        Pass(11.9);
        heart.IsSure.ShouldBeTrue();
        Pass(0.2);
        heart.IsSure.ShouldBeFalse();
    }

    [Fact]
    public void An_acknowledgement_of_no_beat_of_ours_moves_nothing()
    {
        heart.Open(clock.GetTimestamp());
        Pass(19);
        heart.Acknowledge(0);
        heart.Acknowledge(7);

        Pass(2);
        heart.IsSure.ShouldBeFalse();
    }

    [Fact]
    public void Without_a_session_there_is_no_beat_and_no_certainty()
    {
        Beat();
        heart.IsSure.ShouldBeFalse();
        heart.Open(clock.GetTimestamp());
        heart.Close();
        Beat();

        beats.ShouldBeEmpty();
        heart.IsSure.ShouldBeFalse();
    }

    [Fact]
    public void Beats_leave_from_their_own_thread_while_the_pool_stands_still()
    {
        using var stop = new CancellationTokenSource();
        using var sent = new SemaphoreSlim(0);
        var real = new Heart(TimeProvider.System, _ =>
        {
            sent.Release();
            return default;
        });
        real.Open(TimeProvider.System.GetTimestamp());
        var thread = new Thread(() => real.BeatForEver(TimeSpan.FromMilliseconds(20), stop.Token));
        thread.Start();

        for (var i = 0; i < 3; i++) sent.Wait(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        stop.Cancel();
        thread.Join();
    }

    private void Beat() => heart.Beat().AsTask().GetAwaiter().GetResult();

    private void Pass(double seconds) => clock.Advance(TimeSpan.FromSeconds(seconds));
}
