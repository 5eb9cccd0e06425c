using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Mneme.Specs;

/// <summary>What came of reading a spec: either the spec, or everything that is wrong with it.
/// </summary>
public sealed class SpecReading
{
    private SpecReading(ExperimentSpec? spec, ImmutableArray<SpecError> errors) =>
        (Spec, Errors) = (spec, errors);

    public ExperimentSpec? Spec { get; }

    /// <summary>In the order of the file; empty when there is a spec.</summary>
    public ImmutableArray<SpecError> Errors { get; }

    [MemberNotNullWhen(true, nameof(Spec))]
    public bool IsValid => Spec is not null;

    internal static SpecReading Accepted(ExperimentSpec spec) => new(spec, []);

    internal static SpecReading Refused(IEnumerable<SpecError> errors) =>
        new(null, [.. errors.OrderBy(error => error.Line).ThenBy(error => error.Column)]);
}
