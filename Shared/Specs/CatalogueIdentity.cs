using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Mneme.Specs;

/// <summary>Tells whether two processes know the same families: a worker with others would read
/// another meaning into an assignment.</summary>
public static class CatalogueIdentity
{
    /// <summary>The first 16 digits of a SHA-256 over every family and its settings.</summary>
    public static string Of(IEnumerable<FamilySchema> families)
    {
        var text = string.Join('\n', families.SelectMany(Lines));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
    }

    private static IEnumerable<string> Lines(FamilySchema family) =>
    [
        $"family {family.Name} {Words(family.Measures)} {Words(family.SetMeasures)}",
        .. family.Settings.Select(Line),
        .. family.Switches.SelectMany(kind =>
            kind.Settings.Select(Line).Prepend($"switch {kind.Kind} {kind.Set}")),
    ];

    private static string Line(SettingSchema s) => string.Create(
        CultureInfo.InvariantCulture,
        $"{s.Name} {s.Kind} {s.Default} {s.Minimum} {s.Maximum} {Words(s.Choices)} {s.Optional}");

    private static string Words(IEnumerable<string>? words) =>
        words is System.Collections.Immutable.ImmutableArray<string> { IsDefault: true }
            ? "" : string.Join(',', words ?? []);
}
