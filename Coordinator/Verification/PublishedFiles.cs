using System.Security.Cryptography;
using System.Text.Json;

namespace Mneme.Coordinator.Verification;

/// <summary>Compares a folder of results with the hashes in its manifest.</summary>
internal static class PublishedFiles
{
    private const string Manifest = "manifest.json";

    /// <summary>One line per file that is missing, changed or not listed; none when all is well.
    /// </summary>
    /// <exception cref="UserError">There is no manifest to compare with.</exception>
    public static IReadOnlyList<string> Faults(string folder)
    {
        var listed = Listed(Path.Combine(folder, Manifest));
        var found = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path))
            .Where(name => name != Manifest).ToHashSet();
        return
        [
            .. listed.Keys.Where(name => !found.Contains(name))
                .Select(name => $"{name} is missing"),
            .. found.Where(name => !listed.ContainsKey(name))
                .Select(name => $"{name} is not in the manifest"),
            .. listed
                .Where(file => found.Contains(file.Key))
                .Where(file => HashOf(folder, file.Key) != file.Value)
                .Select(file => $"{file.Key} has changed since it was written"),
        ];
    }

    public static string HashOf(string folder, string name)
    {
        using var file = File.OpenRead(Path.Combine(folder, name));
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    /// <summary>SHA-256 by name, as the manifest has them; none when there is no manifest.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Hashes(string folder)
    {
        var manifest = Path.Combine(folder, Manifest);
        return File.Exists(manifest) ? Listed(manifest) : new Dictionary<string, string>();
    }

    private static Dictionary<string, string> Listed(string manifest)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(manifest));
            return json.RootElement.GetProperty("files").EnumerateObject()
                .ToDictionary(file => file.Name, file => file.Value.GetString()!);
        }
        catch (Exception error) when (error is IOException or JsonException
            or KeyNotFoundException or InvalidOperationException)
        {
            throw new UserError(
                $"{manifest}: there are no complete results to verify ({error.Message}). "
                + "Run the experiment first.", inner: error);
        }
    }
}
