using System.Text.RegularExpressions;
using Mneme.Specs.Yaml;

namespace Mneme.Specs;

/// <summary>Reads <c>resources: {device: cpu, slots: 1}</c>.</summary>
internal sealed partial class ResourceReader(SpecErrors errors)
{
    private const string Device = "resources.device";

    public ResourceSpec Read(Section file)
    {
        if (file["resources"] is not { } node ||
            Section.Of(node, "resources", errors) is not { } section) return ResourceSpec.Default;
        section.AllowOnly(["device", "slots"]);
        var slots = section["slots"] is { } count
            ? new NumberReader(errors).Whole(count, "resources.slots", 1, SpecLimits.Slots)
            : null;
        return new ResourceSpec(ReadDevice(section["device"]), (int)(slots ?? 1));
    }

    private string ReadDevice(YamlNode? node)
    {
        if (node is null) return ResourceSpec.Default.Device;
        if (node is YamlScalar scalar && DevicePattern().IsMatch(scalar.Text)) return scalar.Text;
        errors.Add(node.At, Device, $"{Device} is {node.Describe()}", "cpu or cuda:N",
            node is YamlScalar { Text: "cuda" or "gpu" } ? "write cuda:0 for the first GPU" : null);
        return ResourceSpec.Default.Device;
    }

    [GeneratedRegex(@"\A(?:cpu|cuda:(?:0|[1-9][0-9]{0,2}))\z")]
    private static partial Regex DevicePattern();
}
