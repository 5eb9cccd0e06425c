using Mneme.Actors;
using Mneme.Telemetry;

namespace Mneme.Configuration;

/// <summary>Where the settings want the log: a file that grows, or standard error. A line stays one
/// line, whatever somebody else had a hand in; only this program's own faults show their trace.
/// </summary>
public sealed class LogOutput : IDisposable
{
    private readonly Lock gate = new();
    private readonly TextWriter output;
    private readonly LogLevel least;
    private readonly JsonLog? json;

    private LogOutput(TextWriter output, LogLevel least, JsonLog? json = null) =>
        (this.output, this.least, this.json) = (output, least, json);

    /// <summary>Text on a terminal; anywhere else a JSON object a line, with the process's ids.
    /// </summary>
    /// <exception cref="IOException"/><exception cref="UnauthorizedAccessException"/>
    public static LogOutput Of(NodeConfiguration settings, string incarnation) =>
        settings.LogFile is { } file
            ? new LogOutput(
                TextWriter.Null, settings.LogLevel,
                JsonLog.ToFile(file, settings.Node, incarnation))
            : Console.IsErrorRedirected
                ? new LogOutput(
                    TextWriter.Null, settings.LogLevel,
                    JsonLog.ToStandardError(settings.Node, incarnation))
                : new LogOutput(Console.Error, settings.LogLevel);

    public void Write(LogLine line)
    {
        if (line.Level < least) return;
        if (json is not null)
        {
            json.Write(line);
            return;
        }
        var level = line.Level.ToString().ToLowerInvariant();
        var error = line.Error is null ? "" : $" ({line.Error.GetType().Name}: "
            + $"{line.Error.Message})";
        lock (gate)
        {
            output.WriteLine(OneLine($"{line.At:yyyy-MM-ddTHH:mm:ss.fffZ} {level,-7} "
                + $"{line.Source}: {line.Text}{error}"));
            if (line is { Level: LogLevel.Error, Error.StackTrace: { } trace })
                output.WriteLine(trace);
        }
    }

    public void Dispose() => json?.Dispose();

    private static string OneLine(string text) =>
        string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));
}
