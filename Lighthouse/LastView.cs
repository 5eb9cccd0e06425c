using System.Text.Json;
using Mneme.Actors;
using Mneme.Messages;

namespace Mneme.Lighthouse;

/// <summary>The cluster as its leader last showed it; also after a restart, from a copy on disk.
/// </summary>
internal sealed class LastView
{
    /// <summary>A leader shows its view every five seconds.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(15);

    private const string FileName = "view.json";
    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(1);
    private readonly Lock gate = new();
    private readonly string path;
    private readonly TimeProvider clock;
    private readonly Log log;
    private Heard? last;
    private DateTimeOffset written = DateTimeOffset.MinValue;

    public LastView(string state, TimeProvider clock, Log log)
    {
        (path, this.clock, this.log) = (Path.Combine(state, FileName), clock, log);
        Load();
    }

    /// <summary>Null: nothing was ever heard.</summary>
    public Seen? Now
    {
        get
        {
            if (Volatile.Read(ref last) is not { } heard) return null;
            var age = clock.GetUtcNow() - heard.At;
            return new Seen(heard.View, age > TimeSpan.Zero ? age : TimeSpan.Zero);
        }
    }

    /// <summary>A leader that was followed by another is not listened to.</summary>
    public void Hear(ClusterView view)
    {
        lock (gate)
        {
            if (Now is { IsStale: false } now && view.Leader.Epoch < now.View.Leader.Epoch) return;
            var heard = new Heard(view, clock.GetUtcNow());
            Volatile.Write(ref last, heard);
            Save(heard);
        }
    }

    private void Save(Heard heard)
    {
        if (heard.At - written < WriteEvery) return;
        written = heard.At;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path + "~", ClusterViewCodec.Encode(heard.View));
            File.SetLastWriteTimeUtc(path + "~", written.UtcDateTime);
            File.Move(path + "~", path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.Warning($"{path}: the view is not kept on disk ({error.Message})");
        }
    }

    private void Load()
    {
        try
        {
            if (File.Exists(path))
                last = new Heard(
                    ClusterViewCodec.Decode(File.ReadAllBytes(path)),
                    File.GetLastWriteTimeUtc(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException
            or JsonException)
        {
            log.Warning($"{path}: the view on disk is not used ({error.Message})");
        }
    }

    private sealed record Heard(ClusterView View, DateTimeOffset At);
}

/// <param name="Age">How long ago the leader showed it.</param>
internal sealed record Seen(ClusterView View, TimeSpan Age)
{
    public bool IsStale => Age > LastView.StaleAfter;
}
