using System.Globalization;
using Mneme.Blobs;
using Mneme.Blobs.Folder;
using Mneme.Journal;
using Mneme.Journal.Sqlite;

namespace Mneme.Coordinator.Embedded;

/// <summary>Where one experiment's journal and checkpoints live: <c>OUT/.mneme/NAME/</c>. The lock
/// makes sure that one process uses it; it ends with the process, however that ends.</summary>
public sealed class StateFolder : IAsyncDisposable
{
    private readonly FileStream? theLock;

    private StateFolder(string path, FileStream? theLock, IJournal journal, FolderBlobs blobs)
    {
        (Path, this.theLock, Journal, Blobs) = (path, theLock, journal, blobs);
    }

    public string Path { get; }

    public IJournal Journal { get; }

    public FolderBlobs Blobs { get; }

    public static string PathOf(string output, string experiment) =>
        System.IO.Path.Combine(output, ".mneme", experiment);

    /// <exception cref="UserError">The folder cannot be written, another process uses it, or it
    /// holds something else.</exception>
    public static StateFolder Open(string output, string experiment, TimeProvider clock)
    {
        var path = PathOf(output, experiment);
        return Open(path, TakeLock(path, output, experiment), clock);
    }

    /// <summary>For reading only: another process may go on using it.</summary>
    /// <exception cref="UserError">It holds something else.</exception>
    public static StateFolder Look(string output, string experiment, TimeProvider clock) =>
        Open(PathOf(output, experiment), theLock: null, clock);

    private static StateFolder Open(string path, FileStream? theLock, TimeProvider clock)
    {
        try
        {
            var journal = new SqliteJournal(JournalOf(path), clock);
            var blobs = FolderBlobs.Open(System.IO.Path.Combine(path, "blobs"), clock);
            return new StateFolder(path, theLock, journal, blobs);
        }
        catch (Exception error) when (error is JournalException or BlobError)
        {
            theLock?.Dispose();
            throw Unusable(path, error);
        }
    }

    /// <summary>Whether an experiment was begun there, by its journal.</summary>
    public static bool Exists(string output, string experiment) =>
        new FileInfo(JournalOf(PathOf(output, experiment))) is { Exists: true, Length: > 0 };

    /// <summary>What to tell when journal or checkpoints fail.</summary>
    public static UserError Unusable(string path, Exception error)
    {
        var place = error is JournalException ? "" : $"{path}: ";   // a journal names itself
        return new UserError(
            $"{place}{error.Message.TrimEnd('.')}.\nFree some space or mend the permissions, "
            + $"then run the same command again. If {path} is damaged, restore it from a copy, "
            + "or train anew with --discard.", inner: error);
    }

    /// <summary>Throws an experiment's state away; its published results stay until there are new
    /// ones.</summary>
    /// <exception cref="UserError">Another process uses it.</exception>
    public static void Discard(string output, string experiment)
    {
        var path = PathOf(output, experiment);
        if (!Directory.Exists(path)) return;
        // Gone in one move: half of a state would be taken for a state.
        var discarded = path + "~";
        using (TakeLock(path, output, experiment))
        {
            if (Directory.Exists(discarded)) Directory.Delete(discarded, recursive: true);
            Directory.Move(path, discarded);
        }
        Directory.Delete(discarded, recursive: true);
    }

    public async ValueTask DisposeAsync()
    {
        await Journal.DisposeAsync();
        if (theLock is not null) await theLock.DisposeAsync();
    }

    private static FileStream TakeLock(string path, string output, string experiment)
    {
        try
        {
            Directory.CreateDirectory(path);
            var file = new FileStream(
                System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite,
                FileShare.None);
            var owner = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
            File.WriteAllText(OwnerFile(path), owner);
            return file;
        }
        catch (IOException error) when (error is not FileNotFoundException && IsBusy(error))
        {
            throw new UserError(
                $"{output}: experiment '{experiment}' is being run by another process"
                + $"{OwnerOf(path)}. "
                + "Wait for it, stop it, or choose another folder with --out.", inner: error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserError(
                $"{output}: results cannot be written there ({error.Message}). "
                + "Make the folder writable, free some space, or choose another with --out.",
                inner: error);
        }
    }

    // EWOULDBLOCK: the file is there and somebody holds it.
    private static bool IsBusy(IOException error) => (error.HResult & 0xFFFF) is 11 or 35 or 32;

    private static string JournalOf(string path) => System.IO.Path.Combine(path, "journal.db");

    private static string OwnerFile(string path) => System.IO.Path.Combine(path, "owner");

    private static string OwnerOf(string path) =>
        File.Exists(OwnerFile(path)) ? $" (pid {File.ReadAllText(OwnerFile(path)).Trim()})" : "";
}
