using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Mneme.Tests.Conformance;

/// <summary>A way to a server that can go dead without an end: nothing comes through, and nobody
/// is told.</summary>
internal sealed class SilencedPath : IAsyncDisposable
{
    private readonly NpgsqlConnectionStringBuilder server;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly Task accepting;
    private volatile bool isSilent;
    private int messages;

    public SilencedPath(NpgsqlConnectionStringBuilder server)
    {
        this.server = server;
        listener.Start();
        accepting = Accept();
    }

    public string Address => new NpgsqlConnectionStringBuilder(server.ConnectionString)
    {
        Port = ((IPEndPoint)listener.LocalEndpoint).Port,
    }.ConnectionString;

    /// <summary>What came from inside in one piece is one.</summary>
    public int Messages => Volatile.Read(ref messages);

    public void FallSilent() => isSilent = true;

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Dispose();
        await accepting;
        end.Dispose();
    }

    private async Task Accept()
    {
        var ways = new List<Task>();
        try
        {
            while (true)
            {
                var inside = await listener.AcceptTcpClientAsync(end.Token);
                var outside = new TcpClient();
                await outside.ConnectAsync(server.Host!, server.Port, end.Token);
                ways.Add(Carry(inside, outside, () => Interlocked.Increment(ref messages)));
                ways.Add(Carry(outside, inside, () => { }));
            }
        }
        catch (OperationCanceledException) { }
        await Task.WhenAll(ways);
    }

    private async Task Carry(TcpClient from, TcpClient to, Action carried)
    {
        var buffer = new byte[64 * 1024];
        using (from)
        using (to)
        {
            try
            {
                while (await from.GetStream().ReadAsync(buffer, end.Token) is var read and > 0)
                {
                    carried();
                    if (isSilent) continue;
                    await to.GetStream().WriteAsync(buffer.AsMemory(0, read), end.Token);
                }
            }
            catch (Exception error) when (error is OperationCanceledException or IOException
                or ObjectDisposedException)
            {
            }
        }
    }
}
