using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Mneme.Actors;
using Mneme.Blobs;
using Mneme.Configuration;
using Mneme.Coordinator.Api;
using Mneme.Credentials;
using Mneme.Journal;
using Mneme.Tests.Shared.Configuration;
using Xunit;

namespace Mneme.Tests.Coordinator.Api;

/// <summary>The HTTP interface on a port of its own, with a token for every role.</summary>
internal sealed class RunningApi : IAsyncDisposable
{
    public const string RootToken = "root-0123456789abcdef0123456789abcdef";
    private readonly HttpClient client;

    private RunningApi(ApiServer server, SampleDesk desk, ConcurrentQueue<LogLine> log)
    {
        (Server, Desk, Log) = (server, desk, log);
        client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = server.Url,
        };
    }

    public ApiServer Server { get; }
    public SampleDesk Desk { get; }
    public ConcurrentQueue<LogLine> Log { get; }

    public static async Task<RunningApi> Start(
        TimeProvider? clock = null, Action<IEndpointRouteBuilder, IBlobStore>? blobs = null,
        params string[] given)
    {
        var (desk, log) = (new SampleDesk(), new ConcurrentQueue<LogLine>());
        var reading = Given.Read(Processes.Serve, null,
            ["--listen=http://127.0.0.1:0", $"--token={RootToken}", .. given]);
        Assert.True(reading.IsValid, string.Join("\n", reading.Faults));
        foreach (var role in RoleNames.All) desk.Rows[role] = Row(role, role);
        var server = new ApiServer(
            reading.Settings, desk, log.Enqueue, clock ?? TimeProvider.System, blobs);
        await server.Start();
        return new RunningApi(server, desk, log);
    }

    public static string TokenOf(string role) => $"token-of-{role}";

    public static CredentialRow Row(
        string name, string role, string? scope = null, DateTimeOffset? expires = null,
        bool isRevoked = false) => new(
            TokenHash.Of(TokenOf(name)), name, role, scope,
            expires ?? DateTimeOffset.MaxValue, isRevoked);

    /// <param name="who">A role or a credential's name; null: nobody; or a whole token.</param>
    public async Task<Said> Ask(
        string method, string path, string? who = "operator", string? body = null,
        params string[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body);
        if (who is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Bearer", who == "root" ? RootToken : TokenOf(who));
        foreach (var header in headers.Select(header => header.Split(": ", 2)))
            request.Headers.TryAddWithoutValidation(header[0], header[1]);
        using var response = await client.SendAsync(request);
        return new Said(
            (int)response.StatusCode, await response.Content.ReadAsStringAsync(),
            response.Headers.ToDictionary(pair => pair.Key, pair => string.Join(",", pair.Value)));
    }

    public Task<Said> Get(string path, string? who = "operator") => Ask("GET", path, who);

    public Task<Stream> Open(string path)
    {
        client.DefaultRequestHeaders.Authorization = new("Bearer", RootToken);
        return client.GetStreamAsync(path);
    }

    /// <summary>What no well-behaved client would send; the answer's first line and its body.
    /// </summary>
    public async Task<string> Raw(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", Server.Url.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await Server.Stop();
        await Server.DisposeAsync();
    }
}

internal sealed record Said(int Status, string Body, Dictionary<string, string> Headers);
