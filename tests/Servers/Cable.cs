using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Mneme.Tests.Servers;

/// <summary>A wire of loopback between one client and a server, to be cut or held.</summary>
internal sealed class Cable : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly List<Socket> ends = [];
    private TaskCompletionSource passage = Open();

    private readonly X509Certificate2? certificate;

    private Cable(X509Certificate2? certificate)
    {
        this.certificate = certificate is null ? null : new X509Certificate2(certificate);
        listener.Start();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>The same address, through a wire of its own; with a certificate, the client's
    /// half of it is encrypted.</summary>
    public static Cable To(
        string url, out string throughCable, X509Certificate2? certificate = null)
    {
        var cable = new Cable(certificate);
        var address = new UriBuilder(url);
        _ = cable.Carry(address.Port);
        address.Port = cable.Port;
        throughCable = address.Uri.ToString();
        return cable;
    }

    /// <summary>Both ends notice, as when a process is killed.</summary>
    public void Dispose()
    {
        end.Cancel();
        listener.Stop();
        lock (ends)
            foreach (var socket in ends) socket.Close(0); // a reset, not a farewell
    }

    /// <summary>Nothing passes, and neither end is told.</summary>
    public void Hold() => passage = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource Open()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private async Task Carry(int port)
    {
        try
        {
            var client = Keep(await listener.AcceptSocketAsync(end.Token));
            var server = Keep(new Socket(SocketType.Stream, ProtocolType.Tcp));
            await server.ConnectAsync(IPAddress.Loopback, port, end.Token);
            var (near, far) = (await Near(client), new NetworkStream(server));
            await Task.WhenAny(Carry(near, far), Carry(far, near));
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException
            or System.Security.Authentication.AuthenticationException) { }
        Dispose();
    }

    private async Task<Stream> Near(Socket client)
    {
        var stream = new NetworkStream(client);
        if (certificate is null) return stream;
        var encrypted = new SslStream(stream);
        await encrypted.AuthenticateAsServerAsync(certificate);
        return encrypted;
    }

    private async Task Carry(Stream from, Stream to)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, end.Token) is > 0 and var count)
        {
            await passage.Task.WaitAsync(end.Token);
            await to.WriteAsync(buffer.AsMemory(0, count), end.Token);
        }
    }

    private Socket Keep(Socket socket)
    {
        socket.NoDelay = true;
        lock (ends) ends.Add(socket);
        return socket;
    }
}
