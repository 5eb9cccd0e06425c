using System.Text.Json;
using Mneme.Actors;
using Mneme.Telemetry;
using Mneme.Tests.Shared.Results;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Telemetry;

public sealed class JsonLogTests
{
    private static readonly DateTimeOffset At = new(2024, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void A_line_is_one_object_whatever_is_in_it()
    {
        using var folder = new TemporaryFolder();
        var path = folder.At("log");
        using (var log = JsonLog.ToFile(path, "node-7", "life"))
        {
            log.Write(new LogLine(At, LogLevel.Warning, "user/worker", "two\nlines \"and\" é"));
            log.Write(new LogLine(
                At, LogLevel.Error, "user", "", new InvalidOperationException("why\nnot")));
        }

        var lines = File.ReadAllLines(path);
        lines.Length.ShouldBe(2);
        lines[0].ShouldBe("""
            {"at":"2024-01-02T03:04:05Z","level":"warning","source":"user/worker",
            """ + """
            "text":"two\nlines \"and\" é","node":"node-7","incarnation":"life"}
            """);
        JsonDocument.Parse(lines[1]).RootElement.GetProperty("error").GetString()!
            .ShouldContain("why\nnot");
    }

    [Fact]
    public async Task Threads_do_not_mix_their_lines_and_a_file_goes_on()
    {
        using var folder = new TemporaryFolder();
        var path = folder.At("log");
        foreach (var life in new[] { "first", "second" })
            using (var log = JsonLog.ToFile(path, "node", life))
                await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() =>
                    log.Write(new LogLine(At, LogLevel.Info, "s", new string('x', i * 10))))));

        var lines = await File.ReadAllLinesAsync(path);
        lines.Length.ShouldBe(200);
        lines.ShouldAllBe(line => JsonDocument.Parse(line).RootElement.ValueKind
            == JsonValueKind.Object);
    }

    [Fact]
    public void A_long_error_is_cut()
    {
        using var folder = new TemporaryFolder();
        using (var log = JsonLog.ToFile(folder.At("log"), "node", "life"))
        {
            var error = new InvalidOperationException(new string('x', 99_999));
            log.Write(new LogLine(At, LogLevel.Error, "s", "t", error));
        }
        new FileInfo(folder.At("log")).Length.ShouldBeLessThan(9_000);
    }
}
