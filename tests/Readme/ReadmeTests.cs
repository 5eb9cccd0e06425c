using System.Text;
using Mneme.Coordinator.Embedded;
using Mneme.Specs;
using Mneme.Tests.Coordinator.Cli;
using Mneme.Tests.Tidy;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Readme;

/// <summary>What the README shows is what happens.</summary>
public sealed class ReadmeTests
{
    private static readonly string[] Lines =
        File.ReadAllLines(Path.Combine(Repository.Root, "README.md"));

    [Fact]
    public async Task The_commands_of_the_readme_work_in_their_order()
    {
        using var place = new Workplace();
        CopyExperiments(place);

        foreach (var command in Commands())
            (await place.Run(command)).ShouldBeFine();

        Commands().Count().ShouldBeGreaterThanOrEqualTo(4);
    }

    [Fact]
    public async Task The_commands_for_a_cluster_work_on_the_one_that_up_brings_up()
    {
        using var place = new Workplace();
        CopyExperiments(place);
        var commands = Fences("").SelectMany(fence => fence.Split('\n')).Where(IsForACluster)
            .Select(line => line.Replace("./mneme", "mneme", StringComparison.Ordinal));

        var ended = await LocalCluster.With(place, string.Join('\n', commands));

        ended.Errors.ShouldContain("taking the cluster down");
        ended.Code.ShouldBe(0, ended.Errors);
        ended.Output.ShouldContain("worker-1");
        place.Snapshot("fetched/dam-small").ShouldBe(place.Snapshot("results/dam-small"));
    }

    [Fact]
    public void The_experiment_files_of_the_readme_are_valid()
    {
        var specs = Fences("yaml").Select(Whole).ToList();

        specs.Count.ShouldBeGreaterThanOrEqualTo(2);
        foreach (var spec in specs) Errors("README.md", spec).ShouldBeEmpty();
    }

    [Fact]
    public void Every_experiment_of_the_repository_is_valid_and_named_as_its_file()
    {
        foreach (var path in Directory.GetFiles(
            Path.Combine(Repository.Root, "experiments"), "*.yaml"))
        {
            var reading = SpecReader.Read(path, Submissions.Schemas);
            string.Join('\n', reading.Errors).ShouldBeEmpty();
            reading.Spec!.Name.ShouldBe(Path.GetFileNameWithoutExtension(path));
        }
    }

    [Fact]
    public void Every_file_that_the_readme_names_is_there()
    {
        var named = Lines.SelectMany(line => line.Split('`', ' ', '\'', '('))
            .Where(word => word.StartsWith("experiments/", StringComparison.Ordinal))
            .Where(word => word.EndsWith(".yaml", StringComparison.Ordinal));

        foreach (var file in named)
            File.Exists(Path.Combine(Repository.Root, file)).ShouldBeTrue(file);
    }

    private static bool IsForACluster(string line) =>
        new[] { "experiment submit", "experiment download", "cluster " }.Any(
            verb => line.StartsWith($"./mneme {verb}", StringComparison.Ordinal));

    // The launcher's own commands have their own tests; 20 kills would take minutes.
    private static IEnumerable<string[]> Commands() => Fences("")
        .SelectMany(fence => fence.Split('\n'))
        .Where(line => line.StartsWith("./mneme run experiments", StringComparison.Ordinal)
            || line.StartsWith("./mneme experiment ", StringComparison.Ordinal)
            || line.StartsWith("./mneme trial ", StringComparison.Ordinal))
        .Where(line => !IsForACluster(line))
        .Select(line => line.Replace("--kills 20", "--kills 2", StringComparison.Ordinal)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..]);

    private static IEnumerable<string> Fences(string language)
    {
        string? open = null;
        var fence = new StringBuilder();
        foreach (var line in Lines)
        {
            var isBorder = line.StartsWith("```", StringComparison.Ordinal);
            if (!isBorder) fence.Append(line).Append('\n');
            else if (open is null) (open, _) = (line[3..], fence.Clear());
            else
            {
                if (open == language) yield return fence.ToString();
                open = null;
            }
        }
    }

    // A piece of a file is made whole by a name.
    private static string Whole(string yaml) =>
        yaml.Contains("name:", StringComparison.Ordinal) ? yaml : $"name: piece\n{yaml}";

    private static string Errors(string name, string yaml) => string.Join('\n', SpecReader
        .Parse(name, Encoding.UTF8.GetBytes(yaml), Submissions.Schemas).Errors);

    private static void CopyExperiments(Workplace place)
    {
        Directory.CreateDirectory(place.At("experiments"));
        foreach (var path in Directory.GetFiles(
            Path.Combine(Repository.Root, "experiments"), "*.yaml"))
            File.Copy(path, place.At($"experiments/{Path.GetFileName(path)}"));
    }
}
