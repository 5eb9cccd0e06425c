using Mneme.Actors;

namespace Mneme.Transport.InProcess;

/// <summary>
/// The weather between links and broker, drawn from a seed. Shares lie in [0, 1]. Only what a real
/// broker may do is done: a durable frame that was accepted is never lost, a mailbox frame never
/// doubled.
/// </summary>
public sealed class Faults(ulong seed)
{
    private SplitMix random = new(seed);

    /// <summary>Frames lost before the broker; the sender gets Unknown.</summary>
    public double Drop { get; set; }

    /// <summary>Answers lost after the broker took the frame; the sender gets Unknown.</summary>
    public double DropAnswer { get; set; }

    /// <summary>Durable frames that enter the queue twice.</summary>
    public double Duplicate { get; set; }

    /// <summary>Frames that do not wait for those sent before them.</summary>
    public double Reorder { get; set; }

    /// <summary>Each frame takes a time between nothing and this.</summary>
    public TimeSpan Delay { get; set; }

    public static Faults None => new(0);

    /// <summary>
    /// Five draws for every frame, so that one knob does not shift another's luck.
    /// </summary>
    internal Luck Draw(Route to) => new(
        Dropped: random.Fraction() < Drop,
        AnswerLost: random.Fraction() < DropAnswer,
        Doubled: random.Fraction() < Duplicate && to is Route.Queue,
        Hasty: random.Fraction() < Reorder,
        Delay: Delay * random.Fraction());
}

internal readonly record struct Luck(
    bool Dropped, bool AnswerLost, bool Doubled, bool Hasty, TimeSpan Delay);
