using System.Text.Encodings.Web;
using System.Text.Json;
using Mneme.Actors;

namespace Mneme.Telemetry;

/// <summary>The log as one JSON object a line, for programs that collect it: <c>at, level, source,
/// text, error, node, incarnation</c>.</summary>
public sealed class JsonLog : IDisposable
{
    private const int MostErrorLetters = 8 * 1024;

    // Readable where it can be: the lines go to no browser.
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Lock gate = new();
    private readonly Stream output;
    private readonly bool isOwn;
    private readonly string node;
    private readonly string incarnation;

    private JsonLog(Stream output, bool isOwn, string node, string incarnation) =>
        (this.output, this.isOwn, this.node, this.incarnation) =
            (output, isOwn, node, incarnation);

    public static JsonLog ToStandardError(string node, string incarnation) =>
        new(Console.OpenStandardError(), isOwn: false, node, incarnation);

    /// <summary>Goes on at the file's end. One process writes to it at a time.</summary>
    /// <exception cref="IOException"/><exception cref="UnauthorizedAccessException"/>
    public static JsonLog ToFile(string path, string node, string incarnation) => new(
        new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read),
        isOwn: true, node, incarnation);

    /// <summary>One line in one write: whoever reads the file meanwhile sees whole ones.</summary>
    public void Write(LogLine line)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options)) Write(json, line);
        buffer.WriteByte((byte)'\n');
        lock (gate)
        {
            output.Write(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
            output.Flush();
        }
    }

    public void Dispose()
    {
        if (isOwn) output.Dispose();
    }

    private void Write(Utf8JsonWriter json, LogLine line)
    {
        json.WriteStartObject();
        json.WriteString("at", line.At.UtcDateTime);
        json.WriteString("level", line.Level.ToString().ToLowerInvariant());
        json.WriteString("source", line.Source);
        json.WriteString("text", line.Text);
        if (line.Error is not null) json.WriteString("error", Bounded($"{line.Error}"));
        json.WriteString("node", node);
        json.WriteString("incarnation", incarnation);
        json.WriteEndObject();
    }

    private static string Bounded(string error) => error.Length <= MostErrorLetters
        ? error
        : $"{error.AsSpan(0, MostErrorLetters)}...";
}
