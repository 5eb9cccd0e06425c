using System.Collections.Immutable;
using Mneme.Language;
using Mneme.Results;
using Mneme.Worker.Memories;

namespace Mneme.Coordinator.Embedded;

/// <summary>Memories of a user's own texts, in files, with errors for people.</summary>
public static class TextMemoryFiles
{
    public static bool IsOne(string path) => TextMemories.IsFile(path);

    /// <exception cref="UserError">The text, the weights or a layer cannot be used.</exception>
    public static (byte[] File, LaneMemory Content) Build(
        string weights, string textFile, ImmutableArray<int> layers, bool dropFirst, string device)
    {
        DeviceCheck.Demand(device);
        return Explained(() => TextMemories.Build(
            weights, File.ReadAllText(textFile), layers, dropFirst, device));
    }

    /// <exception cref="UserError">It is no memory of a text, or damaged.</exception>
    public static LaneMemory Look(string path) => Explained(() => TextMemories.Look(path));

    /// <exception cref="UserError">A file cannot be used, or the memory is of another net.
    /// </exception>
    public static ImmutableArray<FoundRow> Search(
        string path, string weights, string text, int neighbours, string device)
    {
        DeviceCheck.Demand(device);
        return Explained(() => TextMemories.Search(path, weights, text, neighbours, device));
    }

    private static T Explained<T>(Func<T> work)
    {
        try { return work(); }
        catch (Exception error) when (error is MalformedFileException or IOException
            or UnauthorizedAccessException or ArgumentException or TextFileMissingException)
        {
            throw new UserError(error.Message, inner: error);
        }
    }
}
