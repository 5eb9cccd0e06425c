namespace Mneme.Coordinator.Api;

/// <summary>Names of result files that came over the network (rule S9): whatever they hold, what is
/// opened lies below the folder and is no link.</summary>
internal static class ResultPath
{
    private const int LongestBytes = 1024;

    /// <summary>A plain relative name with slashes, of letters that mean nothing to any system.
    /// </summary>
    public static bool IsPlain(string name) =>
        name.Length is > 0 and <= LongestBytes && name.Split('/').All(IsPlainPart);

    /// <summary>The file of that name; null when there is none that may be shown.</summary>
    public static string? Resolve(string folder, string name)
    {
        if (!IsPlain(name)) return null;
        var root = Path.GetFullPath(folder);
        var path = Path.GetFullPath(Path.Combine(root, name));
        if (!path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            return null;
        for (var part = path; part.Length > root.Length; part = Path.GetDirectoryName(part)!)
            if (!Path.Exists(part) || File.GetAttributes(part).HasFlag(FileAttributes.ReparsePoint))
                return null;
        return File.Exists(path) ? path : null;
    }

    private static bool IsPlainPart(string part) =>
        part.Length is > 0 and <= 255
        && char.IsAsciiLetterOrDigit(part[0])
        && !part.EndsWith('.')
        && part.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-');
}
