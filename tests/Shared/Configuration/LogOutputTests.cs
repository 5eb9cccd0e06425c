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

        using (var log = LogOutput.Of(settings))
        {
            log.Write(Line(LogLevel.Info, "unwanted"));
            log.Write(Line(LogLevel.Warning, "a\nforged: line\u001b[2J"));
        }
        using (var log = LogOutput.Of(settings))
            log.Write(Line(LogLevel.Error, "b") with { Error = new IOException("c") });

        File.ReadAllLines(folder.At("log")).ShouldBe(
        [
            "2020-01-01T00:00:00.000Z warning here: a forged: line [2J",
            "2020-01-01T00:00:00.000Z error   here: b (IOException: c)",
        ]);
    }

    private static LogLine Line(LogLevel level, string text) => new(
        new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), level, "here", text);
}
