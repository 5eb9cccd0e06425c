using System.CommandLine;
using Mneme.Coordinator.Embedded;

namespace Mneme.Coordinator.Cli;

/// <summary>What commands about a trial's memory have in common.</summary>
internal static class MemoryArguments
{
    public static Argument<int> Trial() => new("TRIAL")
    {
        Description = "its number, as in trials.csv",
        CustomParser = given =>
            (int)(WholeNumber.Parse("TRIAL", given, least: 0, most: int.MaxValue) ?? 0),
    };

    public static Option<long?> Step(string name, string description) =>
        WholeNumber.Option(name, description, least: 0);

    public static Option<long?> Rows() => WholeNumber.Option(
        "--rows", "rows to print (default: 10)", least: 0);

    public static Task<MemoryReader> Open(ParseResult parsed, Argument<string> spec,
        Option<string> output) => MemoryReader.Open(
            parsed.GetRequiredValue(output),
            SpecArgument.Read(parsed.GetRequiredValue(spec)).Name);

    public static int RowsOf(ParseResult parsed, Option<long?> rows) =>
        (int)(parsed.GetValue(rows) ?? 10);
}
