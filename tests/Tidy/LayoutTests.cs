using Shouldly;
using Xunit;

namespace Mneme.Tests.Tidy;

public sealed class LayoutTests
{
    private static readonly string[] TopLevel =
    [
        "Coordinator", "Worker", "Shared", "Lighthouse", "tests", "k8s", "experiments", "analysis",
        "README.md", "Cluster.sln", "mneme", "global.json", "Directory.Build.props",
        "Directory.Packages.props", "BannedSymbols.txt", ".editorconfig", ".gitignore",
        ".gitattributes", ".ci",
    ];

    private static readonly string[] Products = ["Shared", "Worker", "Coordinator", "Lighthouse"];

    [Fact]
    public void The_top_level_holds_what_the_layout_names() =>
        Repository.Tracked.Select(path => path.Split('/')[0]).Distinct()
            .Except(TopLevel).ShouldBeEmpty();

    [Theory]
    [InlineData("Shared", "Worker")]
    [InlineData("Shared", "Coordinator")]
    [InlineData("Shared", "Lighthouse")]
    [InlineData("Worker", "Coordinator")]
    [InlineData("Worker", "Lighthouse")]
    [InlineData("Lighthouse", "Coordinator")]
    [InlineData("Lighthouse", "Worker")]
    [InlineData("Coordinator", "Lighthouse")]
    [InlineData("Coordinator", "Worker")]
    public void A_project_does_not_know_the_ones_above_or_beside_it(string project, string other) =>
        Repository.Sources(".cs")
            .Where(file => file.IsBelow(project) && !IsWhereOneProcessIsAll(file, other))
            .Where(file => file.Text.Contains($"Mneme.{other}"))
            .Select(file => $"{file.Path} names Mneme.{other}")
            .ShouldBeEmpty();

    [Fact]
    public void Nothing_we_ship_reads_objects_back_from_a_file() =>
        Repository.Sources(".cs", ".py")
            .Where(file => Products.Any(file.IsBelow))
            .SelectMany(file => ReadersOf(file)
                .Where(file.Text.Contains)
                .Select(word => $"{file.Path} names {word}"))
            .ShouldBeEmpty();

    // C# may tell a user how Python loads a result; it cannot do so itself.
    private static string[] ReadersOf(SourceFile file) =>
        file.Path.EndsWith(".py", StringComparison.Ordinal)
            ? ["pickle.load", "Unpickler"]
            : ["BinaryFormatter", "Unpickler", "PickleReader"];

    // Coordinator/Embedded runs coordinator and worker as one process.
    private static bool IsWhereOneProcessIsAll(SourceFile file, string other) =>
        other == "Worker" && file.IsBelow("Coordinator/Embedded");
}
