using System.Collections.Immutable;
using System.IO.Compression;
using Mneme.Results;

namespace Mneme.Worker.Weights;

/// <summary>The zip that <c>torch.save</c> writes since PyTorch 1.6: a pickle, and each storage's
/// bytes as a file of its own.</summary>
internal static class TorchArchive
{
    private const string Pickle = "/data.pkl", Order = "/byteorder";

    public static ImmutableArray<StoredTensor> Read(FileStream file, string name)
    {
        var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        var entries = zip.Entries.ToDictionary(entry => entry.FullName);
        var pickle = entries.Keys.FirstOrDefault(
                key => key.EndsWith(Pickle, StringComparison.Ordinal))
            ?? throw new MalformedFileException(name, "it is a zip without data.pkl");
        var root = pickle[..^Pickle.Length];
        if (entries.TryGetValue(root + Order, out var order) && Text(order) != "little")
            throw new MalformedFileException(name, "its numbers are big-endian");
        using var stream = new BufferedStream(entries[pickle].Open());
        return PickledTensor.AllOf(new StateDictPickle(stream, name).Read(), name, storage =>
            Bytes(entries.GetValueOrDefault($"{root}/data/{storage.Key}"), storage, name));
    }

    private static byte[] Bytes(ZipArchiveEntry? entry, PickledStorage storage, string name)
    {
        var length = storage.Count * storage.ElementSize;
        if (entry is null || entry.Length != length || entry.CompressedLength != length)
            throw new MalformedFileException(
                name, $"storage '{storage.Key}' has not the {length} bytes that it should");
        var bytes = new byte[length];
        using var stream = entry.Open();
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static string Text(ZipArchiveEntry entry)
    {
        using var reader = new StreamReader(entry.Open());
        var text = new char[16];
        return new string(text, 0, reader.ReadBlock(text));
    }
}
