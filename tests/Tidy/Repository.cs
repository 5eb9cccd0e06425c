using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Mneme.Tests.Tidy;

/// <summary>The files of this repository; without git, all files but build products.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>What git tracks or would add: paths with slashes, from the root.</summary>
    public static IReadOnlyList<string> Files { get; } =
        [.. (IsGit ? Git("-co") : OnDisk()).Where(path => File.Exists(At(path))).Order()];

    /// <summary>What is committed or staged; a stray file of one's own is no matter for a test.
    /// </summary>
    public static IReadOnlyList<string> Tracked { get; } = IsGit ? [.. Git("-c")] : Files;

    public static IEnumerable<SourceFile> Sources(params string[] extensions) =>
        AllSources.Where(file => extensions.Contains(Path.GetExtension(file.Path)));

    private static readonly SourceFile[] AllSources =
    [
        .. Files.Where(path => Path.GetExtension(path) is ".cs" or ".cpp" or ".h" or ".py")
            .Select(path => new SourceFile(path, File.ReadAllText(At(path)))),
    ];

    private static bool IsGit => Path.Exists(At(".git"));

    private static string At(string path) => Path.Combine(Root, path);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Cluster.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("no Cluster.sln above");
        return folder.FullName;
    }

    private static string[] Git(string which)
    {
        var start = new ProcessStartInfo("git", ["ls-files", "-z", which, "--exclude-standard"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        };
        using var git = Process.Start(start)!;
        var paths = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return paths.Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    private static IEnumerable<string> OnDisk() => Directory
        .EnumerateFiles(Root, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
        .Where(path => !path.StartsWith(".build/", StringComparison.Ordinal) &&
            !path.StartsWith("results/", StringComparison.Ordinal));
}

/// <param name="Path">With slashes, from the root.</param>
internal sealed record SourceFile(string Path, string Text)
{
    private readonly Lazy<SyntaxNode> _root = new(() =>
        CSharpSyntaxTree.ParseText(Text).GetRoot());

    public string[] Lines { get; } = Text.TrimEnd('\n').Split('\n');

    /// <summary>The file as C#.</summary>
    public SyntaxNode Root => _root.Value;

    public bool IsBelow(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);
}
