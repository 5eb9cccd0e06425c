using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Mneme.Tests.Shared.Results;
using Xunit;

namespace Mneme.Tests.Coordinator.Reports;

/// <summary>A test that needs a browser; where none can be installed it is skipped and says so.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class InBrowserAttribute : FactAttribute
{
    public InBrowserAttribute()
    {
        if (Browser.Program is null)
            Skip = "no browser: put chromium on the PATH, or its path into MNEME_BROWSER";
    }
}

/// <summary>Chromium without a window, spoken to over the DevTools protocol.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private const string Announcement = "DevTools listening on ";
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private readonly TemporaryFolder profile = new();
    private readonly ClientWebSocket socket = new();
    private readonly CancellationTokenSource limit = new(Longest);
    private readonly Process process;
    private string? session;
    private int lastId;

    private Browser() => process = Process.Start(new ProcessStartInfo(Program!,
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
        "--remote-debugging-port=0", $"--user-data-dir={profile.At("profile")}", "about:blank",
    ])
    { RedirectStandardError = true, RedirectStandardOutput = true })!;

    public static string? Program { get; } =
        Environment.GetEnvironmentVariable("MNEME_BROWSER") is { Length: > 0 } chosen
            ? chosen
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
                .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
                .FirstOrDefault(File.Exists);

    /// <summary>Everything that the browser told: method and what belongs to it.</summary>
    public List<(string Method, JsonElement What)> Events { get; } = [];

    public static async Task<Browser> Start()
    {
        var browser = new Browser();
        await browser.socket.ConnectAsync(await browser.Address(), browser.limit.Token);
        var page = await browser.Ask("Target.createTarget", new { url = "about:blank" });
        var attached = await browser.Ask("Target.attachToTarget",
            new { targetId = page.GetProperty("targetId").GetString(), flatten = true });
        browser.session = attached.GetProperty("sessionId").GetString();
        foreach (var domain in new[] { "Page", "Runtime", "Network", "Log" })
            await browser.Ask($"{domain}.enable", new { });
        return browser;
    }

    /// <summary>Opens a file and waits until it is there with all that belongs to it.</summary>
    public async Task Open(string file)
    {
        await Ask("Page.navigate", new { url = new Uri(file).AbsoluteUri });
        while (Events.All(e => e.Method != "Page.loadEventFired")) await Receive();
    }

    /// <summary>The value of a JavaScript expression in the page.</summary>
    public async Task<T> Evaluate<T>(string expression)
    {
        var answer = await Ask("Runtime.evaluate", new { expression, returnByValue = true });
        return answer.GetProperty("result").GetProperty("value").Deserialize<T>()!;
    }

    /// <summary>Addresses that the page asked for.</summary>
    public IEnumerable<string> Requests => Events
        .Where(e => e.Method == "Network.requestWillBeSent")
        .Select(e => e.What.GetProperty("request").GetProperty("url").GetString()!);

    /// <summary>What stands in the console, and what was thrown.</summary>
    public IEnumerable<string> Complaints => Events
        .Where(e => e.Method is "Runtime.consoleAPICalled" or "Runtime.exceptionThrown"
            or "Log.entryAdded")
        .Select(e => e.What.ToString());

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        limit.Dispose();
        profile.Dispose();
    }

    private async Task<Uri> Address()
    {
        while (await process.StandardError.ReadLineAsync(limit.Token) is { } line)
            if (line.StartsWith(Announcement, StringComparison.Ordinal))
            {
                _ = process.StandardError.ReadToEndAsync();
                return new Uri(line[Announcement.Length..]);
            }
        throw new InvalidOperationException("the browser ended before it could be spoken to");
    }

    private async Task<JsonElement> Ask(string method, object parameters)
    {
        var id = ++lastId;
        var message = session is null
            ? JsonSerializer.SerializeToUtf8Bytes(new { id, method, @params = parameters })
            : JsonSerializer.SerializeToUtf8Bytes(
                new { id, method, @params = parameters, sessionId = session });
        await socket.SendAsync(message, WebSocketMessageType.Text, true, limit.Token);
        while (true)
            if (await Receive() is { } answer && answer.GetProperty("id").GetInt32() == id)
                return answer.GetProperty("result");
    }

    // Null for an event, which is kept.
    private async Task<JsonElement?> Receive()
    {
        using var whole = new MemoryStream();
        var buffer = new byte[1 << 16];
        ValueWebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(buffer.AsMemory(), limit.Token);
            whole.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        var message = JsonDocument.Parse(Encoding.UTF8.GetString(whole.ToArray())).RootElement;
        if (message.TryGetProperty("id", out _)) return message;
        Events.Add((message.GetProperty("method").GetString()!, message.GetProperty("params")));
        return null;
    }
}
