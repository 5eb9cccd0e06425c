using System.Collections.Immutable;
using Mneme.Random;
using Mneme.Specs;

namespace Mneme.Coordinator.Search;

/// <summary>Independent draws. Each is a function of (search seed, parameter name, number of the
/// configuration): more trials or another parameter leave the draws before them as they were.
/// </summary>
public static class RandomSearch
{
    /// <summary>The searched settings of each configuration.</summary>
    public static IEnumerable<ImmutableArray<Setting>> Configurations(
        SearchSpec search, FamilySchema family)
    {
        var count = search.Trials ?? throw new ArgumentException("a random search has trials");
        for (var configuration = 0; configuration < count; configuration++)
            yield return Draw(search, family, configuration);
    }

    private static ImmutableArray<Setting> Draw(
        SearchSpec search, FamilySchema family, int configuration) =>
    [
        .. search.Parameters.Select(parameter => new Setting(parameter.Name, Draw(
            parameter.Domain,
            family.Settings.Single(schema => schema.Name == parameter.Name).Kind,
            RandomStream.Named(search.Seed, $"search/{parameter.Name}"),
            configuration))),
    ];

    private static SettingValue Draw(
        SearchDomain domain, SettingKind kind, RandomStream stream, int configuration) =>
        (domain, kind) switch
        {
            (SearchDomain.Values { Choices: var choices }, _) =>
                choices[(int)stream.Integer(configuration, choices.Length)],
            (SearchDomain.Range range, SettingKind.Integer) =>
                new SettingValue.Integer(Whole(range, stream.UniformDouble(configuration))),
            (SearchDomain.Range range, _) =>
                new SettingValue.Real(RangePoints.At(range, stream.UniformDouble(configuration))),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    // Each whole number owns the stretch up to the next one, so that both ends are as likely as
    // their neighbours.
    private static long Whole(SearchDomain.Range range, double fraction)
    {
        var widened = range with { High = range.High + 1 };
        return (long)Math.Min(Math.Floor(RangePoints.At(widened, fraction)), range.High);
    }
}
