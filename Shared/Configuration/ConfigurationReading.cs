using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Mneme.Configuration;

/// <summary>What came of reading a configuration: either it, or everything that is wrong.</summary>
public sealed class ConfigurationReading
{
    private ConfigurationReading(NodeConfiguration? settings, IEnumerable<string> faults) =>
        (Settings, Faults) = (settings, [.. faults]);

    public NodeConfiguration? Settings { get; }

    /// <summary>One line each, with place and remedy; empty when it is valid.</summary>
    public ImmutableArray<string> Faults { get; }

    [MemberNotNullWhen(true, nameof(Settings))]
    public bool IsValid => Settings is not null;

    internal static ConfigurationReading Accepted(NodeConfiguration settings) => new(settings, []);

    internal static ConfigurationReading Refused(IEnumerable<string> faults) => new(null, faults);
}
