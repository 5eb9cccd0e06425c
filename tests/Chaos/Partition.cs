using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Mneme.Tests.Chaos;

/// <summary>
/// A network of its own for some processes, with one wire to the outside that can be cut: neither
/// side is told, as when a switch loses its power. Needs root and the command ip (iproute2).
/// </summary>
internal sealed class Partition : IAsyncDisposable
{
    private const string Prefix = "mneme-";
    private static int partitions;

    private readonly string name;
    private readonly string wire;

    private Partition(int number)
    {
        var process = Environment.ProcessId;
        name = $"{Prefix}{process}-{number}";
        wire = $"mn{process}h{number}";
        var third = process % 250;
        Outside = IPAddress.Parse($"10.{200 + (process / 250 % 50)}.{third}.{(4 * number) + 1}");
        Inside = IPAddress.Parse($"10.{200 + (process / 250 % 50)}.{third}.{(4 * number) + 2}");
    }

    /// <summary>Where the processes inside find what listens outside.</summary>
    public IPAddress Outside { get; }

    public IPAddress Inside { get; }

    public static async Task<Partition> Create()
    {
        if (!Environment.IsPrivilegedProcess)
            throw new InvalidOperationException(
                "a network of one's own needs root: run this test as root");
        await ClearWhatTheDeadLeft();
        var partition = new Partition(Interlocked.Increment(ref partitions) % 60);
        await partition.Lay();
        return partition;
    }

    /// <summary>What to put before a command line, for it to run inside.</summary>
    public string[] Command => ["ip", "netns", "exec", name];

    public Task Cut() => Ip("link", "set", wire, "down");

    public Task Heal() => Ip("link", "set", wire, "up");

    /// <summary>Starts a program inside; its output and its errors can be read.</summary>
    public Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(
            Command[0], [.. Command[1..], program, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;

    /// <summary>Whoever is still inside keeps a network without a wire.</summary>
    public async ValueTask DisposeAsync()
    {
        await Ip("link", "delete", wire);
        await Ip("netns", "delete", name);
    }

    private async Task Lay()
    {
        await Ip("netns", "add", name);
        await Ip("link", "add", wire, "type", "veth", "peer", "name", "out", "netns", name);
        await Ip("address", "add", $"{Outside}/30", "dev", wire);
        await Ip("-n", name, "address", "add", $"{Inside}/30", "dev", "out");
        await Ip("-n", name, "link", "set", "lo", "up");
        await Ip("-n", name, "link", "set", "out", "up");
        await Heal();
    }

    // A test host that was killed cannot clear away its own.
    private static async Task ClearWhatTheDeadLeft()
    {
        foreach (var line in (await Ip("netns", "list")).Split('\n'))
        {
            var old = line.Split(' ')[0];
            if (!old.StartsWith(Prefix, StringComparison.Ordinal)) continue;
            var owner = old[Prefix.Length..].Split('-')[0];
            if (!Directory.Exists($"/proc/{int.Parse(owner, CultureInfo.InvariantCulture)}"))
                await Ip("netns", "delete", old); // and with it the wire, whose other end is there
        }
    }

    private static async Task<string> Ip(params string[] arguments)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var error = ip.StandardError.ReadToEndAsync();
        var output = await ip.StandardOutput.ReadToEndAsync();
        await ip.WaitForExitAsync();
        return ip.ExitCode == 0
            ? output
            : throw new InvalidOperationException(
                $"ip {string.Join(' ', arguments)}: {(await error).Trim()}");
    }
}
