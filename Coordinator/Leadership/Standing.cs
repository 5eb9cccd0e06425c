namespace Mneme.Coordinator.Leadership;

/// <summary>What a coordinator does next about the lead.</summary>
public enum LeaderStep
{
    Wait = 0,

    /// <summary>Look at the leader's row, and take it when its lease has run out.</summary>
    Poll = 1,

    Renew = 2,

    /// <summary>Stop leading: nothing says any more that nobody else does.</summary>
    StepDown = 3,
}

/// <summary>Where a coordinator stands. Pure: time comes in as what has passed on its own monotonic
/// clock.</summary>
/// <param name="Epoch">Under which it leads; null: another does, or nobody.</param>
/// <param name="SinceKept">Since the sending of the last renewal that succeeded.</param>
/// <param name="WithoutLink">How long it has had no broker; null: it has one.</param>
public sealed record Standing(long? Epoch, TimeSpan SinceKept, TimeSpan? WithoutLink)
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(3);

    /// <summary>Earlier than the lease ends by the database's clock.</summary>
    public static readonly TimeSpan SelfStop = TimeSpan.FromSeconds(8);

    /// <summary>A leader that no worker can reach makes room for one that they can.</summary>
    public static readonly TimeSpan Unreachable = TimeSpan.FromSeconds(15);

    public LeaderStep Next() => this switch
    {
        { Epoch: null, WithoutLink: null } => LeaderStep.Poll,
        { Epoch: null } => LeaderStep.Wait,
        _ when SinceKept >= SelfStop => LeaderStep.StepDown,
        _ when WithoutLink >= Unreachable => LeaderStep.StepDown,
        _ when SinceKept >= RenewEvery => LeaderStep.Renew,
        _ => LeaderStep.Wait,
    };
}
