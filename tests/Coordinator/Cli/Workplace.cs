using System.Security.Cryptography;
using Mneme.Tests.Shared.Results;

namespace Mneme.Tests.Coordinator.Cli;

/// <summary>A folder in which somebody runs experiments.</summary>
internal sealed class Workplace : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public string Path => folder.At("");

    public string At(string name) => folder.At(name);

    public string Write(string name, string text)
    {
        File.WriteAllText(At(name), text);
        return name;
    }

    public Task<Ended> Run(params string[] arguments) => RunningProgram.Run(Path, arguments);

    public RunningProgram Start(params string[] arguments) => RunningProgram.Start(Path, arguments);

    /// <summary>The same results and the same state as elsewhere.</summary>
    public void Copy(Workplace other)
    {
        foreach (var file in Files(other.Path))
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(file))!);
            File.Copy(other.At(file), At(file));
        }
    }

    public byte[] Bytes(string name) => File.ReadAllBytes(At(name));

    public string HashOf(string name) => Convert.ToHexStringLower(SHA256.HashData(Bytes(name)));

    /// <summary>Every file below a folder with its hash.</summary>
    public Dictionary<string, string> Snapshot(string below = "results/small") =>
        Files(At(below)).ToDictionary(file => file, file => HashOf($"{below}/{file}"));

    /// <summary>How many checkpoints are stored.</summary>
    public int Checkpoints(string experiment) =>
        Directory.Exists(Blobs(experiment)) ? Stored(experiment).Count() : 0;

    /// <summary>One of them.</summary>
    public string Checkpoint(string experiment) =>
        System.IO.Path.Combine(Blobs(experiment), Stored(experiment).First());

    public void Dispose() => folder.Dispose();

    // Named by their SHA-256.
    private IEnumerable<string> Stored(string experiment) =>
        Files(Blobs(experiment)).Where(file => System.IO.Path.GetFileName(file).Length == 64);

    private string Blobs(string experiment) => At($"results/.mneme/{experiment}/blobs");

    private static IEnumerable<string> Files(string folder) => Directory
        .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Select(path => System.IO.Path.GetRelativePath(folder, path));
}
