using Mneme.Specs.Yaml;

namespace Mneme.Specs;

internal sealed class NumberReader(SpecErrors errors)
{
    /// <summary>A whole number within bounds, or null after an error.</summary>
    public long? Whole(YamlNode node, string path, long minimum, long maximum)
    {
        if (node is YamlScalar scalar && YamlScalars.Integer(scalar) is { } value &&
            value >= minimum && value <= maximum) return value;
        errors.Add(node.At, path, $"{path} is {node.Describe()}",
            $"a whole number from {minimum} to {maximum}");
        return null;
    }
}
