using System.Security.Cryptography;
using System.Text;

namespace Mneme.Coordinator.Export;

/// <summary>Result files on their way: written under another name, hashed as they are written, and
/// renamed as a whole. A folder of results is complete or absent.</summary>
internal sealed class ResultFolder
{
    // Nobody else knows the folder: no locks, which would double the cost of a small file.
    private static readonly FileStreamOptions FreshFile = new()
    {
        Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.ReadWrite,
    };

    private readonly SortedDictionary<string, string> hashes = new(StringComparer.Ordinal);
    private readonly HashSet<string> folders = [];
    private readonly string unfinished;

    /// <param name="workshop">A folder on the same file system as the target.</param>
    public ResultFolder(string workshop)
    {
        unfinished = Path.Combine(workshop, "publishing");
        if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
        Directory.CreateDirectory(unfinished);
    }

    /// <summary>SHA-256 by file name, in order.</summary>
    public IReadOnlyDictionary<string, string> Hashes => hashes;

    public void Write(string name, Action<Stream> write)
    {
        var path = Path.Combine(unfinished, name);
        var folder = Path.GetDirectoryName(path)!;
        if (folders.Add(folder)) Directory.CreateDirectory(folder);
        using var hash = SHA256.Create();
        using (var file = new FileStream(path, FreshFile))
        using (var both = new CryptoStream(file, hash, CryptoStreamMode.Write))
            write(both);
        hashes.Add(name, Convert.ToHexStringLower(hash.Hash!));
    }

    public void WriteText(string name, Action<TextWriter> write) => Write(name, stream =>
    {
        using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
        write(text);
    });

    /// <summary>Makes the files the results; what was there is replaced in one move.</summary>
    public void Publish(string target)
    {
        FileSystemSync.Flush(unfinished);
        var replaced = unfinished + ".replaced";
        if (Directory.Exists(replaced)) Directory.Delete(replaced, recursive: true);
        if (Directory.Exists(target)) Directory.Move(target, replaced);
        Directory.Move(unfinished, target);
        if (Directory.Exists(replaced)) Directory.Delete(replaced, recursive: true);
    }
}
