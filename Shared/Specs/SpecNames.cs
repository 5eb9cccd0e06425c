using System.Text.RegularExpressions;

namespace Mneme.Specs;

/// <summary>Which names may become file names, on any system (rule S9 of the security notes).
/// </summary>
public static partial class SpecNames
{
    public const string Rule =
        "1 to 63 of a-z, 0-9, '.', '_', '-', with a letter or digit first";

    /// <summary>What is wrong with a name, or null.</summary>
    public static string? Fault(string name)
    {
        if (!Pattern().IsMatch(name)) return "cannot be a file name";
        if (name.EndsWith('.')) return "ends with a dot";
        return Reserved().IsMatch(name) ? "is reserved on some systems" : null;
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,62}\z")]
    private static partial Regex Pattern();

    // Devices of Windows, with any extension.
    [GeneratedRegex(@"\A(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|\z)")]
    private static partial Regex Reserved();
}
