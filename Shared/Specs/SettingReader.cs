using System.Collections.Immutable;
using System.Globalization;
using Mneme.Specs.Yaml;

namespace Mneme.Specs;

/// <summary>Reads one value of a setting against its schema.</summary>
internal sealed class SettingReader(SpecErrors errors)
{
    /// <summary>The value, or null after an error.</summary>
    public SettingValue? Read(YamlNode node, SettingSchema schema, string path)
    {
        if (node is YamlScalar scalar && YamlScalars.KindOf(scalar) == YamlScalarKind.Null)
            return schema.Optional ? new SettingValue.Nothing() : Refuse(node, schema, path);
        return (schema.Kind, node) switch
        {
            (SettingKind.Flag, YamlScalar flag) => ReadFlag(flag, schema, path),
            (SettingKind.Integer, YamlScalar whole) => ReadInteger(whole, schema, path) is { } n
                ? new SettingValue.Integer(n) : null,
            (SettingKind.Real, YamlScalar real) => ReadReal(real, schema, path),
            (SettingKind.Text, YamlScalar text) => ReadText(text, schema, path),
            (SettingKind.Integers, YamlList list) => ReadIntegers(list, schema, path),
            (SettingKind.Texts, YamlList list) => ReadTexts(list, schema, path),
            _ => Refuse(node, schema, path),
        };
    }

    private SettingValue? ReadFlag(YamlScalar scalar, SettingSchema schema, string path)
    {
        if (YamlScalars.KindOf(scalar) == YamlScalarKind.Flag)
            return new SettingValue.Flag(YamlScalars.Flag(scalar));
        return scalar.Text.ToLowerInvariant() switch
        {
            "yes" or "on" or "y" => Refuse(scalar, schema, path, "write true"),
            "no" or "off" or "n" => Refuse(scalar, schema, path, "write false"),
            _ => Refuse(scalar, schema, path),
        };
    }

    private long? ReadInteger(YamlScalar scalar, SettingSchema schema, string path)
    {
        if (YamlScalars.Integer(scalar) is { } value &&
            value >= schema.Minimum && value <= schema.Maximum) return value;
        Refuse(scalar, schema, path);
        return null;
    }

    private SettingValue? ReadReal(YamlScalar scalar, SettingSchema schema, string path)
    {
        if (YamlScalars.Real(scalar) is not { } value) return Refuse(scalar, schema, path);
        var digits = scalar.Text.TakeWhile(c => c is not ('e' or 'E'));
        if (value == 0 && digits.Any(c => c is > '0' and <= '9'))
            return Refuse(scalar, schema, path, "this is too small and would become 0");
        return value >= schema.Minimum && value <= schema.Maximum
            ? new SettingValue.Real(value)
            : Refuse(scalar, schema, path);
    }

    private SettingValue? ReadText(YamlScalar scalar, SettingSchema schema, string path)
    {
        if (YamlScalars.KindOf(scalar) != YamlScalarKind.Text)
            return Refuse(scalar, schema, path, "put it in quotes if it is a text");
        if (schema.Choices.IsDefaultOrEmpty || schema.Choices.Contains(scalar.Text))
            return new SettingValue.Text(scalar.Text);
        return Refuse(scalar, schema, path, NearestName.Question(scalar.Text, schema.Choices));
    }

    private SettingValue? ReadIntegers(YamlList list, SettingSchema schema, string path)
    {
        var values = ImmutableArray.CreateBuilder<long>();
        foreach (var item in list.Items)
        {
            if (item is not YamlScalar scalar) return Refuse(item, schema, path);
            if (ReadInteger(scalar, schema, path) is not { } value) return null;
            values.Add(value);
        }
        return new SettingValue.Integers(values.ToImmutable());
    }

    private SettingValue? ReadTexts(YamlList list, SettingSchema schema, string path)
    {
        var values = ImmutableArray.CreateBuilder<string>();
        foreach (var item in list.Items)
        {
            if (item is not YamlScalar scalar) return Refuse(item, schema, path);
            if (ReadText(scalar, schema, path) is not SettingValue.Text { Value: var text })
                return null;
            values.Add(text);
        }
        return new SettingValue.Texts(values.ToImmutable());
    }

    private SettingValue? Refuse(
        YamlNode node, SettingSchema schema, string path, string? remedy = null)
    {
        var silent = $"the default is {schema.Default} ({schema.Reason})";
        errors.Add(node.At, path, $"{path} is {node.Describe()}", Expected(schema),
            remedy ?? silent);
        return null;
    }

    internal static string Expected(SettingSchema schema)
    {
        var kind = schema.Kind switch
        {
            SettingKind.Flag => "true or false",
            SettingKind.Integer => "a whole number" + RangeOf(schema),
            SettingKind.Real => "a number" + RangeOf(schema),
            SettingKind.Integers => $"a list of whole numbers{RangeOf(schema)}, such as [2, 4]",
            SettingKind.Texts => $"a list of {string.Join(", ", schema.Choices)}",
            _ when schema.Choices.IsDefaultOrEmpty => "a text",
            _ => $"one of {string.Join(", ", schema.Choices)}",
        };
        return schema.Optional ? kind + ", or null" : kind;
    }

    private static string RangeOf(SettingSchema schema)
    {
        var low = schema.Minimum.ToString("R", CultureInfo.InvariantCulture);
        var high = schema.Maximum.ToString("R", CultureInfo.InvariantCulture);
        return (double.IsFinite(schema.Minimum), double.IsFinite(schema.Maximum)) switch
        {
            (true, true) => $" from {low} to {high}",
            (true, false) => $" of at least {low}",
            (false, true) => $" of at most {high}",
            _ => "",
        };
    }
}
