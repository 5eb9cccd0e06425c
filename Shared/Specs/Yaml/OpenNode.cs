namespace Mneme.Specs.Yaml;

/// <summary>A list or mapping whose end has not been read yet.</summary>
internal sealed class OpenNode(YamlMark at, bool isMapping, SpecErrors errors)
{
    private readonly List<YamlNode> _items = [];
    private readonly List<YamlEntry> _entries = [];
    private readonly Dictionary<string, YamlMark> _keys = [];
    private YamlScalar? _key;

    public bool WantsKey => isMapping && _key is null;

    public void Add(YamlNode node)
    {
        if (!isMapping) _items.Add(node);
        else if (_key is null) _key = (YamlScalar)node;
        else AddEntry(_key, node);
    }

    public YamlNode Close() => isMapping ? new YamlMapping(at, _entries) : new YamlList(at, _items);

    private void AddEntry(YamlScalar key, YamlNode value)
    {
        _key = null;
        if (_keys.TryAdd(key.Text, key.At)) _entries.Add(new YamlEntry(key, value));
        else
            errors.Add(key.At, key.Text,
                $"the key {SpecErrors.Quote(key.Text)} is here a second time",
                remedy: $"remove it here or in line {_keys[key.Text].Line}");
    }
}
