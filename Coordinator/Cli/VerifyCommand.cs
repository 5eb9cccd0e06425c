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
    private static readonly Option<int> Kills = new("--kills")
    {
        Description = "run it again, killed without warning this many times, and compare",
    };

    private static readonly Option<uint> Seed = new("--seed")
    {
        Description = "of the moments of the kills",
    };
    private static readonly Option<long?> SegmentSteps = new("--segment-steps")
    {
        Description = "steps between two checkpoints of the killed runs",
    };

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
        var faults = new List<string>(PublishedFiles.Faults(published));
        faults.AddRange(await JournalAudit.Faults(output, name));
        Console.WriteLine(
            $"{published}: every file hashed and compared, journal and chains checked");
        if (parsed.GetValue(Kills) is > 0 and var kills)
            faults.AddRange(await Kill(parsed, path, name, published, kills));
        foreach (var fault in faults) Console.Error.WriteLine($"mneme: {fault}");
        Console.WriteLine(faults.Count == 0 ? "verified: no fault" : $"{faults.Count} faults");
        return faults.Count == 0 ? 0 : UserError.Failed;
    }

    private static async Task<IReadOnlyList<string>> Kill(
        ParseResult parsed, string spec, string name, string published, int kills)
    {
        var pickle = Path.Combine(name, $"{name}.pkl");
        var workshop = Directory.CreateTempSubdirectory("mneme-verify").FullName;
        try
        {
            var test = new KillTest(
                Environment.ProcessPath!, Command(parsed, spec), parsed.GetValue(Seed));
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

    private static string[] Command(ParseResult parsed, string spec) =>
        parsed.GetValue(SegmentSteps) is { } steps
            ? ["run", spec, "--segment-steps", $"{steps}"]
            : ["run", spec];
}
