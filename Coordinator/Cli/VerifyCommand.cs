using System.CommandLine;
using Mneme.Coordinator.Embedded;
using Mneme.Coordinator.Verification;

namespace Mneme.Coordinator.Cli;

/// <summary><c>mneme experiment verify SPEC</c>: are the published results what was committed, and
/// would they be the same had the run been killed?</summary>
internal static class VerifyCommand
{
    private static readonly Argument<string> Spec = SpecArgument.Build();
    private static readonly Option<string> Out = OutOption.Build();
    private static readonly Option<long?> Kills = WholeNumber.Option(
        "--kills", "run it again, killed without warning this many times, and compare", least: 0);

    private static readonly Option<long?> Seed = WholeNumber.Option(
        "--seed", "of the moments of the kills", least: 0, most: uint.MaxValue);

    private static readonly Option<long?> SegmentSteps = WholeNumber.Option(
        "--segment-steps", "steps between two checkpoints of the killed runs");

    private const string PublishAgain =
        "\nDelete that folder and run the experiment again: it is published anew from the journal.";

    public static Command Build()
    {
        var command = new Command(
            "verify", "Check published results against hashes, journal and kills")
        {
            Spec, Out, Kills, Seed, SegmentSteps,
        };
        command.SetAction((parsed, _) => Run(parsed));
        return command;
    }

    private static async Task<int> Run(ParseResult parsed)
    {
        var path = parsed.GetRequiredValue(Spec);
        var (name, output) = (SpecArgument.Read(path).Name, parsed.GetRequiredValue(Out));
        var published = Path.Combine(output, name);
        var files = PublishedFiles.Faults(published);
        var faults = new List<string>([.. files, .. await JournalAudit.Faults(output, name)]);
        Console.WriteLine(
            $"{published}: every file hashed and compared, journal and chains checked");
        if (parsed.GetValue(Kills) is > 0 and var kills)
            faults.AddRange(await Kill(parsed, path, name, published, (int)kills));
        if (faults.Count > 0)
            throw new UserError($"{published}: {string.Join("\n  ", faults)}"
                + (files.Count > 0 ? PublishAgain : ""));
        Console.WriteLine("verified: no fault");
        return 0;
    }

    private static async Task<IReadOnlyList<string>> Kill(
        ParseResult parsed, string spec, string name, string published, int kills)
    {
        var pickle = Path.Combine(name, $"{name}.pkl");
        var workshop = Directory.CreateTempSubdirectory("mneme-verify").FullName;
        try
        {
            var test = new KillTest(
                [.. ThisProgram, .. Command(parsed, spec)], (uint)(parsed.GetValue(Seed) ?? 0));
            var report = await test.Run(
                kills, workshop, pickle, PublishedFiles.HashOf(published, $"{name}.pkl"),
                folder => JournalAudit.Faults(folder, name), Console.WriteLine);
            Console.WriteLine(
                $"kills {report.Kills}, runs to the end {report.Rounds}, pickles that differ "
                + $"{report.Differing}, committed segments trained twice {report.Faults.Count}");
            return report.Differing == 0
                ? report.Faults
                : [.. report.Faults, $"{report.Differing} pickles differ from the published one"];
        }
        finally { Directory.Delete(workshop, recursive: true); }
    }

    // Started as 'dotnet mneme.dll', the process is dotnet and the program its first argument.
    private static string[] ThisProgram => Path.GetFileName(Environment.ProcessPath) == "dotnet"
        ? [Environment.ProcessPath!, typeof(VerifyCommand).Assembly.Location]
        : [Environment.ProcessPath!];

    private static string[] Command(ParseResult parsed, string spec) =>
        parsed.GetValue(SegmentSteps) is { } steps
            ? ["run", spec, "--segment-steps", $"{steps}"]
            : ["run", spec];
}
