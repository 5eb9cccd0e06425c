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

    /// <summary>A spec, or a memory in a file of its own.</summary>
    public static Argument<string> SpecOrFile() => new("SPEC")
    {
        Description = "an experiment file (YAML), or a memory that 'build' wrote",
    };

    /// <summary>For commands that also take such a file, which has no trials.</summary>
    public static Argument<int?> TrialIfAny() => new("TRIAL")
    {
        Description = "its number, as in trials.csv",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = given => given.Tokens.Count == 0 ? null
            : (int?)WholeNumber.Parse("TRIAL", given, least: 0, most: int.MaxValue),
    };

    /// <exception cref="UserError">It was not given.</exception>
    public static int TrialOf(ParseResult parsed, Argument<int?> trial) => parsed.GetValue(trial)
        ?? throw new UserError("TRIAL is missing: a trial's number, as in trials.csv",
            UserError.Usage);

    public static Option<string> Weights() => new("--weights")
    {
        Description = "a file or folder of a GPT-2: safetensors, or PyTorch's", Required = true,
    };

    public static Option<string> Device() => new("--device")
    {
        Description = "where the net computes", DefaultValueFactory = _ => "cpu",
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
