using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Servers;

public sealed class LocalServersTests
{
    [Fact]
    public async Task Addresses_and_data_are_the_same_after_a_kill()
    {
        await using var servers = new LocalServers();
        await servers.Start("all");
        var before = (servers.Address("MNEME_BROKER"), servers.Address("MNEME_DATABASE"));
        var space = await servers.Space();

        await servers.Kill("all");
        await servers.Start("all");

        (servers.Address("MNEME_BROKER"), servers.Address("MNEME_DATABASE")).ShouldBe(before);
        (await servers.Control("list_vhosts")).ShouldContain(space.Name);
    }

    [Fact]
    public async Task Servers_end_with_the_process_they_were_started_for_and_leave_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("mneme-watched-").FullName;
        using var host = Process.Start("sleep", "600");
        var script = Path.Combine(Tidy.Repository.Root, "Coordinator/Local/servers");
        using (var start = Process.Start(script, ["start", folder, "all", $"{host.Id}", "remove"]))
        {
            await start.WaitForExitAsync();
            start.ExitCode.ShouldBe(0);
        }
        NamesOf(folder).ShouldNotBeEmpty();

        host.Kill();

        await Until(() => !Directory.Exists(folder) && NamesOf(folder).Length == 0);
    }

    private static string[] NamesOf(string folder) => [.. Directory.GetDirectories("/proc")
        .Where(path => int.TryParse(Path.GetFileName(path), out _))
        .Where(path => Words(path).Contains(folder, StringComparison.Ordinal))];

    private static string Words(string process)
    {
        try { return File.ReadAllText(Path.Combine(process, "cmdline")); }
        catch (IOException) { return ""; } // it has ended meanwhile
        catch (UnauthorizedAccessException) { return ""; }
    }

    private static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!condition()) await timer.WaitForNextTickAsync(limit.Token);
    }
}
