namespace Mneme.Specs.Yaml;

/// <summary>A place in a file, line and column from 1; the default is the whole file.</summary>
internal readonly record struct YamlMark(long Line, long Column);

/// <summary>A piece of a YAML file with its place.</summary>
internal abstract class YamlNode(YamlMark at)
{
    public YamlMark At { get; } = at;

    /// <summary>What it is, for an error: "a list", "the text 'x'".</summary>
    public abstract string Describe();
}

/// <param name="plain">Without quotes: may mean a number, a truth value or null.</param>
internal sealed class YamlScalar(YamlMark at, string text, bool plain) : YamlNode(at)
{
    public string Text { get; } = text;
    public bool IsPlain { get; } = plain;

    public override string Describe() => YamlScalars.KindOf(this) switch
    {
        YamlScalarKind.Null => "null",
        YamlScalarKind.Text => $"the text {SpecErrors.Quote(Text)}",
        _ => SpecErrors.Quote(Text)[1..^1],
    };
}

internal sealed class YamlList(YamlMark at, IReadOnlyList<YamlNode> items) : YamlNode(at)
{
    public IReadOnlyList<YamlNode> Items { get; } = items;
    public override string Describe() => Items.Count == 0 ? "an empty list" : "a list";
}

/// <param name="entries">In the order of the file, keys distinct.</param>
internal sealed class YamlMapping(YamlMark at, IReadOnlyList<YamlEntry> entries) : YamlNode(at)
{
    public IReadOnlyList<YamlEntry> Entries { get; } = entries;
    public override string Describe() => "a mapping";
}

internal sealed record YamlEntry(YamlScalar Key, YamlNode Value);
