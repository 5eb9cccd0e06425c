using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Mneme.Specs.Yaml;

namespace Mneme.Specs;

/// <summary>Reads <c>sets</c>: the names of the data sets, in the order in which they are
/// numbered.</summary>
internal sealed partial class SetReader(SpecErrors errors)
{
    private const string Key = "sets";
    private const string Expected =
        "a list of different names, each 1 to 30 letters, digits, '_' or '-', and none of them "
        + "'all', which stands for all sets together";

    /// <summary>Null when the file declares none.</summary>
    public ImmutableArray<string>? Read(Section file)
    {
        if (file[Key] is not { } node) return null;
        var names = (node as YamlList)?.Items.OfType<YamlScalar>().Select(item => item.Text)
            .ToImmutableArray() ?? [];
        var isGood = node is YamlList list && names.Length == list.Items.Count && names.Length > 0
            && names.Distinct().Count() == names.Length && names.All(IsName);
        if (isGood) return names;
        errors.Add(node.At, Key, $"{Key} is {node.Describe()} that names no sets", Expected);
        return null;
    }

    private static bool IsName(string name) =>
        Name().IsMatch(name) && name != PhaseStart.JointName;

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,30}\z")]
    private static partial Regex Name();
}
