using Mneme.Actors;

namespace Mneme.Configuration;

/// <summary>Where the settings want the log: a file that grows, or standard error. A line stays one
/// line, whatever somebody else had a hand in; only this program's own faults show their trace.
/// </summary>
public sealed class LogOutput : IDisposable
{
    private readonly Lock gate = new();
    private readonly TextWriter output;
    private readonly LogLevel least;
    private readonly bool isOwn;

    private LogOutput(TextWriter output, LogLevel least, bool isOwn) =>
        (this.output, this.least, this.isOwn) = (output, least, isOwn);

    /// <exception cref="IOException"/><exception cref="UnauthorizedAccessException"/>
    public static LogOutput Of(NodeConfiguration settings) => settings.LogFile is { } file
        ? new LogOutput(
            new StreamWriter(file, append: true) { AutoFlush = true }, settings.LogLevel, true)
        : new LogOutput(Console.Error, settings.LogLevel, isOwn: false);

    public void Write(LogLine line)
    {
        if (line.Level < least) return;
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

    public void Dispose()
    {
        if (isOwn) output.Dispose();
    }

    private static string OneLine(string text) =>
        string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));
}
