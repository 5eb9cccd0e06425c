using System.Diagnostics;
using Shouldly;

namespace Mneme.Tests.Shared.Results;

/// <summary>Runs Python as an independent reader of what we write. It needs numpy.</summary>
internal static class Python
{
    private static readonly string Interpreter =
        Environment.GetEnvironmentVariable("MNEME_PYTHON") ?? "/usr/bin/python3";

    /// <summary>What a script prints; its arguments are <c>sys.argv[1:]</c>.</summary>
    public static string Run(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(Interpreter, ["-c", script, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        // Read aside, so that neither pipe can fill up and block the other.
        var errors = new System.Text.StringBuilder();
        process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, errors.ToString());
        return output.ReplaceLineEndings("\n").TrimEnd('\n');
    }
}
