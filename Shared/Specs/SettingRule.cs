using System.Collections.Immutable;

namespace Mneme.Specs;

/// <summary>A relation between settings without which a family cannot train, told when the file is
/// read and not when a worker fails.</summary>
/// <param name="Settings">Those that it reads. Its error stands at the first of them that the file
/// gives.</param>
/// <param name="Fault">What is wrong with values of these settings, or null.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record SettingRule(
    ImmutableArray<string> Settings,
    Func<IReadOnlyDictionary<string, SettingValue>, string?> Fault,
    string Remedy);
