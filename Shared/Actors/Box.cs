namespace Mneme.Actors;

/// <summary>How many messages may wait for an actor, and what happens to the next one.</summary>
public readonly record struct Box
{
    private Box(int capacity, bool dropsOldest)
    {
        Capacity = capacity;
        DropsOldest = dropsOldest;
    }

    public int Capacity { get; }
    public bool DropsOldest { get; }

    public static Box Default { get; } = Bounded(1024);

    /// <summary>A full box refuses, and the sender learns it.</summary>
    public static Box Bounded(int capacity) => new(Positive(capacity), dropsOldest: false);

    /// <summary>
    /// A full box forgets its oldest message: for progress, where only the newest counts.
    /// </summary>
    public static Box DropOldest(int capacity) => new(Positive(capacity), dropsOldest: true);

    private static int Positive(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        return capacity;
    }
}
