using System.CommandLine;
using System.Text;
using System.Text.Json;
using Mneme.Messages;

namespace Mneme.Coordinator.Cli.Cluster;

/// <summary><c>mneme cluster events</c>: a line whenever the view says something new; goes on with
/// the next leader when one goes.</summary>
internal static class EventLines
{
    private const string Data = "data: ";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static async Task<int> Run(ParseResult parsed, ApiClient client)
    {
        using var stop = new StopSignals();
        var before = "";
        try
        {
            while (!stop.Token.IsCancellationRequested)
            {
                using var response = await client.Open("/v1/events");
                await using var stream = await response.Content.ReadAsStreamAsync(stop.Token);
                using var reader = new StreamReader(stream);
                while (await Next(reader, stop.Token) is { } json)
                    before = Show(client, json, before);
                await Task.Delay(Pause, TimeProvider.System, stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested) { }
        return 0;
    }

    // Null: the line broke, or its end was reached.
    private static async Task<string?> Next(StreamReader reader, CancellationToken cancel)
    {
        try
        {
            while (await reader.ReadLineAsync(cancel) is { } line)
                if (line.StartsWith(Data, StringComparison.Ordinal)) return line[Data.Length..];
        }
        catch (IOException) { }
        return null;
    }

    private static string Show(ApiClient client, string json, string before)
    {
        if (client.IsJson)
        {
            Console.WriteLine(json);
            return before;
        }
        var line = Line(json);
        if (line.Text != before) Console.WriteLine(Shown.Plain($"{line.At:HH:mm:ss} {line.Text}"));
        return line.Text;
    }

    private static (DateTimeOffset At, string Text) Line(string json)
    {
        try
        {
            var view = ClusterViewCodec.Decode(Encoding.UTF8.GetBytes(json));
            var states = view.Workers.CountBy(worker => worker.State)
                .Select(state => $"{state.Value} {state.Key}");
            return (view.At, $"leader {view.Leader.Node} ({view.Leader.Epoch}); workers: "
                + $"{string.Join(", ", states.DefaultIfEmpty("none"))}; "
                + string.Join("; ", view.Experiments.Select(Shown.Line)));
        }
        catch (JsonException error) { throw Heard.NotUnderstood(error); }
    }
}
