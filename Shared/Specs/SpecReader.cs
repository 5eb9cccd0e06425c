using Mneme.Specs.Yaml;

namespace Mneme.Specs;

/// <summary>
/// Reads an experiment file strictly: what is not understood is an error with its place, and all
/// errors of a file are told together. Hostile files are refused within the limits of
/// <see cref="SpecLimits"/> and <see cref="YamlTree"/> before anything is built from them.
/// </summary>
public static class SpecReader
{
    /// <param name="path">Also how errors call the file.</param>
    /// <param name="catalogue">The families a spec may name.</param>
    public static SpecReading Read(string path, IReadOnlyList<FamilySchema> catalogue)
    {
        var errors = new SpecErrors(path);
        return SpecFile.Load(path, errors) is { } bytes
            ? Parse(bytes, catalogue, errors)
            : SpecReading.Refused(errors.Found);
    }

    /// <summary>The same for a spec that came another way than a file of this machine.</summary>
    /// <param name="name">How errors call it.</param>
    public static SpecReading Parse(
        string name, ReadOnlySpan<byte> content, IReadOnlyList<FamilySchema> catalogue) =>
        Parse(content, catalogue, new SpecErrors(name));

    private static SpecReading Parse(
        ReadOnlySpan<byte> content, IReadOnlyList<FamilySchema> catalogue, SpecErrors errors)
    {
        ExperimentSpec? spec = null;
        if (SpecFile.Decode(content, errors) is { } text)
        {
            var root = new YamlTree(errors).Read(text);
            if (root is not null) spec = new ExperimentReader(errors, catalogue).Read(root);
            else if (errors.Found.Count == 0) errors.AddAboutFile("the file holds comments alone");
        }
        return spec is null || errors.Found.Count > 0
            ? SpecReading.Refused(errors.Found)
            : SpecReading.Accepted(spec);
    }
}
