namespace Mneme.Actors;

public enum LogLevel { Debug, Info, Warning, Error }

/// <summary>One line of a log, before anyone decided how it looks.</summary>
public sealed record LogLine(
    DateTimeOffset At, LogLevel Level, string Source, string Text, Exception? Error = null);

/// <summary>Writes lines that carry their actor's path.</summary>
public readonly struct Log(Action<LogLine> write, string source, TimeProvider clock)
{
    public void Debug(string text) => Write(LogLevel.Debug, text, null);
    public void Info(string text) => Write(LogLevel.Info, text, null);
    public void Warning(string text, Exception? error = null) =>
        Write(LogLevel.Warning, text, error);
    public void Error(string text, Exception? error = null) => Write(LogLevel.Error, text, error);

    private void Write(LogLevel level, string text, Exception? error) =>
        write(new LogLine(clock.GetUtcNow(), level, source, text, error));
}
