namespace Mneme.Blobs.Folder;

/// <summary>The file that says which store a folder is.</summary>
internal static class Marker
{
    private const string FileName = "store-id";

    /// <param name="founded">The name that a new store gets.</param>
    public static Guid ReadOrWrite(string root, Guid? founded = null)
    {
        var path = Path.Combine(root, FileName);
        if (!File.Exists(path)) Found(root, path, founded ?? Guid.NewGuid());
        var text = File.ReadAllText(path).Trim();
        return Guid.TryParse(text, out var id)
            ? id
            : throw new IOException($"{path} does not hold a store's id");
    }

    // A link fails if the name is there: of two processes that found one folder, one wins and
    // both read the winner's id.
    private static void Found(string root, string path, Guid id)
    {
        var temporary = Leftovers.NewName(root);
        using (var file = Leftovers.Create(temporary))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes($"{id}\n"));
            file.Flush(flushToDisk: true);
        }
        // File.Move looks first and then renames: the loser would replace the winner's id.
        try { Disk.Link(temporary, path); }
        catch (IOException) when (File.Exists(path)) { }
        File.Delete(temporary);
        Disk.SyncFolder(root);
    }
}
