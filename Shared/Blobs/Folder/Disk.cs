using System.Runtime.InteropServices;

namespace Mneme.Blobs.Folder;

/// <summary>What .NET has no call for: a folder's entries on disk, and the disk's errors.</summary>
internal static partial class Disk
{
    private const int ReadOnlyFolder = 0x10000; // O_RDONLY | O_DIRECTORY
    private const int NoSpace = 28;             // ENOSPC
    private const int OverQuota = 122;          // EDQUOT
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>After this the folder's names survive a loss of power.</summary>
    public static void SyncFolder(string folder)
    {
        if (!OperatingSystem.IsLinux()) return; // elsewhere a rename is as durable as it gets
        var handle = OpenFolder(folder, ReadOnlyFolder);
        if (handle < 0) throw LastError(folder);
        try
        {
            if (Sync(handle) != 0) throw LastError(folder);
        }
        finally { _ = Close(handle); }
    }

    /// <summary>Gives a file a second name, which must be free.</summary>
    public static void Link(string file, string name)
    {
        if (!OperatingSystem.IsLinux()) File.Copy(file, name, overwrite: false);
        else if (LinkFile(file, name) != 0) throw LastError(name);
    }

    public static bool IsFull(IOException error) =>
        error.HResult is NoSpace or OverQuota or WindowsDiskFull;

    private static IOException LastError(string folder)
    {
        var code = Marshal.GetLastPInvokeError();
        return new IOException($"{folder}: {Marshal.GetPInvokeErrorMessage(code)}", code);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkFile(string file, string name);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
