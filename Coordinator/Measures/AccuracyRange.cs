namespace Mneme.Coordinator.Measures;

/// <summary>What an accuracy on one set is held against.</summary>
/// <param name="Chance">c: what a guess reaches.</param>
/// <param name="Ceiling">C: the best that the data allow, computed and not trained.</param>
internal readonly record struct AccuracyRange(double Chance, double Ceiling)
{
    /// <summary>N(a) = (a - c)/(C - c); null when the ceiling is not above chance.</summary>
    public double? Normalised(double accuracy) => Ceiling > Chance
        ? Defined.OrNull((accuracy - Chance) / (Ceiling - Chance))
        : null;

    /// <summary>c + f (Q - c): the part f of the way from chance to the reference level Q.
    /// </summary>
    public double Threshold(double fraction, double reference) =>
        Chance + fraction * (reference - Chance);

    /// <summary>Whether a threshold asks for more than the data allow. Distances are compared,
    /// since the whole way (f = 1) must not lie above the ceiling by a rounding.</summary>
    public bool IsAboveCeiling(double fraction, double reference) =>
        fraction * (reference - Chance) > Ceiling - Chance;
}
