using System.Globalization;
using Mneme.Tests.Coordinator.Cli;

namespace Mneme.Tests.Chaos;

/// <summary>The experiment that chaos meets, and what it comes to when nothing happens to it.
/// Three chains of segments, so that a node of five has room for what another one loses.</summary>
internal sealed class Sweep(string folder)
{
    public const string Name = "chaos";
    public const int Trials = 64;
    private const int Block = 250;
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Options that cut it into segments of a second or a few.</summary>
    public static string[] Packing { get; } =
        ["--cohort-size", "22", "--segment-steps", $"{Block}"];

    public long Steps { get; private set; } = 8 * Block;

    public string Path => System.IO.Path.Combine(folder, $"{Name}.yaml");

    public string Expected => System.IO.Path.Combine(folder, "embedded", Name);

    /// <summary>Trains it in one process, for about so long.</summary>
    public async Task Train(TimeSpan about)
    {
        // Long enough that starting and publishing do not count for training.
        var took = await Train($"probe-{Steps}");
        for (; took < about / 4; took = await Train($"probe-{Steps}")) Steps *= 2;
        var blocks = Math.Max(8, (long)(Steps * (about / took)) / Block / 2 * 2);
        Steps = blocks * Block;
        await Train("embedded");
    }

    private async Task<TimeSpan> Train(string output)
    {
        var half = (Steps / 2).ToString(CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(Path, $$"""
            name: {{Name}}
            model: dam
            measure_every: {{Block}}
            seeds: {{Trials}}
            settings: {sequence_length: 12, sequences: 16, memory_size: 64, heads: 8,
                       batch_size: 16, learning_rate: 3e-2, init_std: 0.01}
            schedule:
              - {phase: before, steps: {{half}}}
              - {phase: after, switch: redraw, steps: {{half}}}
            """);
        var started = TimeProvider.System.GetTimestamp();
        using var program = RunningProgram.StartAt(
            Programs.Mneme, folder, ["run", Path, "--out", output, .. Packing]);
        var ended = await program.End(Longest);
        return ended.ExitCode == 0
            ? TimeProvider.System.GetElapsedTime(started)
            : throw new InvalidOperationException($"the embedded run failed: {ended.Errors}");
    }
}
