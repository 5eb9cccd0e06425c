using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Mneme.Tests.Servers;

/// <summary>A wire between clients and a server of loopback, to be cut or held.</summary>
internal sealed class Cable : IDisposable
{
    private readonly CancellationTokenSource end = new();
    private readonly List<Socket> ends = [];
    private readonly TcpListener listener;
    private readonly X509Certificate2? certificate;
    private TaskCompletionSource passage = Open();

    private Cable(IPAddress at, X509Certificate2? certificate)
    {
        this.certificate = certificate is null ? null : new X509Certificate2(certificate);
        listener = new TcpListener(at, 0);
        listener.Start();
    }

    /// <summary>The same address, through a wire of its own; with a certificate, the clients'
    /// half of it is encrypted.</summary>
    public static Cable To(
        string url, out string throughCable, X509Certificate2? certificate = null,
        IPAddress? at = null)
    {
        var cable = new Cable(at ?? IPAddress.Loopback, certificate);
        var address = new UriBuilder(url);
        _ = cable.Accept(address.Port);
        var near = (IPEndPoint)cable.listener.LocalEndpoint;
        (address.Host, address.Port) = ($"{near.Address}", near.Port);
        throughCable = address.Uri.ToString();
        return cable;
    }

    /// <summary>Both ends notice, as when a process is killed.</summary>
    public void Dispose()
    {
        end.Cancel();
        listener.Stop();
        lock (ends) ends.ForEach(Reset);
    }

    /// <summary>Nothing passes, and neither end is told.</summary>
    public void Hold() => passage = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource Open()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private async Task Accept(int port)
    {
        try
        {
            while (true) _ = Carry(Keep(await listener.AcceptSocketAsync(end.Token)), port);
        }
        catch (OperationCanceledException) { }
    }

    private async Task Carry(Socket client, int port)
    {
        var server = Keep(new Socket(SocketType.Stream, ProtocolType.Tcp));
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, port, end.Token);
            var (near, far) = (await Near(client), new NetworkStream(server));
            await await Task.WhenAny(Carry(near, far), Carry(far, near));
        }
        catch (Exception e) when (e is SocketException or IOException
            or OperationCanceledException or AuthenticationException) { }
        Reset(client);
        Reset(server);
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

    private static void Reset(Socket socket) => socket.Close(0); // no farewell
}
