using Mneme.Actors;
using Mneme.Configuration;
using Mneme.Tests.Shared.Results;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Configuration;

public sealed class LogOutputTests
{
    [Fact]
    public void A_line_stays_one_line_and_what_is_not_wanted_is_left_out()
    {
        using var folder = new TemporaryFolder();
        var settings = Given.Read(
            Processes.Serve, null, $"--log-file={folder.At("log")}", "--log-level=warning")
            .Settings!;

        using (var log = LogOutput.Of(settings, "life"))
        {
            log.Write(Line(LogLevel.Info, "unwanted"));
            log.Write(Line(LogLevel.Warning, "a\nforged: line\u001b[2J"));
        }
        using (var log = LogOutput.Of(settings, "life"))
            log.Write(Line(LogLevel.Error, "b") with { Error = new IOException("c") });

        var lines = File.ReadAllLines(folder.At("log"));
        lines.Length.ShouldBe(2);
        lines[0].ShouldContain("forged: line");
        lines[0].ShouldContain("\"incarnation\":\"life\"");
        lines[1].ShouldContain("IOException: c");
    }

    private static LogLine Line(LogLevel level, string text) => new(
        new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), level, "here", text);
}
