namespace Mneme.Specs;

/// <summary>What one experiment may ask for: nothing runs off without a bound.</summary>
public static class SpecLimits
{
    public const int FileBytes = 1 << 20;
    public const long Steps = 1_000_000_000;
    /// <summary>Configurations times seeds.</summary>
    public const int Trials = 1_000_000;
    /// <summary>Of one schedule, repeats written out.</summary>
    public const int Phases = 1000;
    public const int Slots = 1024;
    /// <summary>A larger whole number is not exact as a float64 bound of a search range.</summary>
    public const long ExactInteger = 1L << 53;
}
