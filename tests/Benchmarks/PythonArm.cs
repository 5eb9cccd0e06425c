using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Mneme.Benchmarks;

/// <summary>An arm of a script of opponents: one Python process, or several that run at
/// once.</summary>
internal sealed class PythonArm : Arm
{
    private readonly List<System.Diagnostics.Process> workers = [];
    private readonly long bytesPerLane;

    /// <exception cref="InvalidOperationException">Python or what the arm imports is missing.
    /// </exception>
    internal PythonArm(
        string python, string name, string[] arguments, int lanes, int processes = 1)
        : base(name, lanes)
    {
        for (int i = 0; i < processes; i++) workers.Add(Start(python, arguments));
        foreach (var worker in workers) bytesPerLane = Answer(worker, "bytes_per_lane");
    }

    internal override int Cores => workers.Count;

    internal override long BytesPerLane => bytesPerLane;

    internal override Stint Run(double seconds)
    {
        string line = seconds.ToString(CultureInfo.InvariantCulture);
        foreach (var worker in workers) worker.StandardInput.WriteLine(line);
        var answers = workers.Select(Read).ToList();
        return new(
            answers.Sum(a => a.GetProperty("trial_steps").GetDouble()),
            answers.Max(a => a.GetProperty("seconds").GetDouble()),
            answers.Average(a => a.GetProperty("cpu_seconds").GetDouble()));
    }

    public override void Dispose()
    {
        foreach (var worker in workers)
        {
            worker.StandardInput.Close();
            worker.WaitForExit();
            worker.Dispose();
        }
    }

    private static System.Diagnostics.Process Start(string python, string[] arguments)
    {
        string script = Path.Combine(AppContext.BaseDirectory, arguments[0]);
        return System.Diagnostics.Process.Start(
            new ProcessStartInfo(python, [script, .. arguments.AsSpan(1)])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                // torch.set_num_threads does not reach it.
                Environment = { ["OPENBLAS_NUM_THREADS"] = "1" },
            })!;
    }

    private static long Answer(System.Diagnostics.Process worker, string field) =>
        Read(worker).GetProperty(field).GetInt64();

    private static JsonElement Read(System.Diagnostics.Process worker)
    {
        string? line = worker.StandardOutput.ReadLine();
        if (line is not null) return JsonDocument.Parse(line).RootElement;
        string[] error = worker.StandardError.ReadToEnd().Trim().Split('\n');
        throw new InvalidOperationException(error[^1]);
    }
}
