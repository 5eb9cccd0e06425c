using System.Diagnostics;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Worker.Torch;

/// <summary>The original as an oracle: a Python that can import torch, Debian's unless
/// MNEME_PYTHON names another.</summary>
internal static class PyTorch
{
    private static readonly string Python =
        Environment.GetEnvironmentVariable("MNEME_PYTHON") ?? "/usr/bin/python3";

    internal static bool IsThere { get; } = Start("import torch") is { ExitCode: 0 };

    /// <summary>Runs a script after <c>import torch, json</c> and reads the JSON it prints.
    /// </summary>
    internal static T Run<T>(string script)
    {
        var finished = Start($"import torch, json, math\ntorch.set_num_threads(1)\n{script}");
        finished.ExitCode.ShouldBe(0, finished.Error);
        return JsonSerializer.Deserialize<T>(finished.Output)!;
    }

    private static (int ExitCode, string Output, string Error) Start(string script)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Python, ["-c", script])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.GetAwaiter().GetResult());
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            return (-1, "", exception.Message);
        }
    }
}

/// <summary>A test that asks PyTorch; skipped, and visibly so, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PyTorchFactAttribute : FactAttribute
{
    public PyTorchFactAttribute()
    {
        if (!PyTorch.IsThere) Skip = "no Python with torch; set MNEME_PYTHON";
    }
}

/// <summary>The same for several cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PyTorchTheoryAttribute : TheoryAttribute
{
    public PyTorchTheoryAttribute()
    {
        if (!PyTorch.IsThere) Skip = "no Python with torch; set MNEME_PYTHON";
    }
}
