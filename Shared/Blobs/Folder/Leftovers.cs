using System.Diagnostics;
using System.Globalization;

namespace Mneme.Blobs.Folder;

/// <summary>
/// Files under way in <c>tmp/</c>. Opening a store clears what the dead left behind and never what
/// another process is writing: the writer holds a lock, which ends with its process.
/// </summary>
internal static class Leftovers
{
    private static readonly TimeSpan LockableAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ForeignAfter = TimeSpan.FromDays(1);

    private static string Host => Environment.MachineName.Replace('.', '-');

    public static string NewName(string root) => Path.Combine(
        root, "tmp", $"{Host}.{Environment.ProcessId}.{Guid.NewGuid():N}");

    public static FileStream Create(string path) =>
        new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);

    public static void Clear(string root)
    {
        foreach (var path in Directory.GetFiles(Path.Combine(root, "tmp")))
            if (IsAbandoned(path)) File.Delete(path);
    }

    // A lock says nothing about another host's files, and a new file is not locked for an instant;
    // there the process number helps, which alone would mislead where numbers come again.
    private static bool IsAbandoned(string path)
    {
        var age = TimeProvider.System.GetUtcNow() - File.GetLastWriteTimeUtc(path);
        if (Path.GetFileName(path).Split('.') is not [var host, var process, _] || host != Host)
            return age > ForeignAfter;
        return (age > LockableAfter || !IsAlive(process)) && IsUnlocked(path);
    }

    private static bool IsUnlocked(string path)
    {
        try
        {
            using var file = new FileStream(
                path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException) { return false; }
    }

    private static bool IsAlive(string process)
    {
        if (!int.TryParse(process, CultureInfo.InvariantCulture, out var id)) return false;
        try
        {
            using var found = Process.GetProcessById(id);
            return !found.HasExited;
        }
        catch (ArgumentException) { return false; }
    }
}
