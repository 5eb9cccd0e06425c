using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Mneme.Results;

namespace Mneme.Worker.Weights;

/// <summary>A tensor in a file of weights.</summary>
/// <param name="Type">As safetensors calls it: <c>F32</c>, <c>BF16</c>.</param>
/// <param name="Read">Its elements, row by row.</param>
internal sealed record StoredTensor(
    string Name, string Type, ImmutableArray<long> Shape, Func<byte[]> Read)
{
    /// <summary>Its elements as 32-bit numbers.</summary>
    /// <exception cref="MalformedFileException">They are no floating-point numbers.</exception>
    public byte[] AsFloat32(string file)
    {
        if (Type is not ("F32" or "F64" or "F16" or "BF16"))
            throw new MalformedFileException(
                file, $"tensor '{Name}' is {Type}, no floating-point numbers");
        var bytes = Read();
        if (Type == "F32") return bytes;
        float[] numbers = Type switch
        {
            "F64" => Converted<double>(bytes, value => (float)value),
            "F16" => Converted<Half>(bytes, value => (float)value),
            _ => Converted<ushort>(
                bytes, value => BitConverter.UInt32BitsToSingle((uint)value << 16)),
        };
        return MemoryMarshal.AsBytes<float>(numbers).ToArray();
    }

    private static float[] Converted<T>(byte[] bytes, Func<T, float> convert) where T : unmanaged
    {
        var from = MemoryMarshal.Cast<byte, T>(bytes);
        var to = new float[from.Length];
        for (var i = 0; i < to.Length; i++) to[i] = convert(from[i]);
        return to;
    }
}

/// <summary>Named tensors of a safetensors file, or of one that PyTorch saved. Nothing in it is
/// ever executed.</summary>
internal sealed class WeightFile : IDisposable
{
    private const uint ZipMagic = 0x04034b50;       // little-endian "PK\3\4"
    private readonly FileStream file;

    private WeightFile(FileStream file) => this.file = file;

    public required ImmutableArray<StoredTensor> Tensors { get; init; }

    /// <exception cref="MalformedFileException">It is neither, or damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static WeightFile Open(string path)
    {
        var file = File.OpenRead(path);
        try
        {
            return new WeightFile(file) { Tensors = TensorsOf(file, Path.GetFileName(path)) };
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            file.Dispose();
            throw new MalformedFileException(
                Path.GetFileName(path), $"it is cut or damaged: {error.Message}", error);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => file.Dispose();

    private static ImmutableArray<StoredTensor> TensorsOf(FileStream file, string name)
    {
        var begin = new byte[sizeof(uint)];
        var read = file.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false);
        file.Position = 0;
        if (read == begin.Length && BitConverter.ToUInt32(begin) == ZipMagic)
            return TorchArchive.Read(file, name);
        if (read > 0 && begin[0] == StateDictPickle.FirstByte) return TorchLegacy.Read(file, name);
        return OfSafetensors(file, name);
    }

    private static ImmutableArray<StoredTensor> OfSafetensors(FileStream file, string name)
    {
        var index = SafetensorsIndex.Read(file, name);
        return [.. index.Entries.Select(entry => new StoredTensor(
            entry.Name, entry.Type, entry.Shape,
            () => Bytes(file, index.DataStart + entry.Begin, entry.End - entry.Begin)))];
    }

    internal static byte[] Bytes(Stream file, long from, long length)
    {
        var bytes = new byte[length];
        file.Position = from;
        file.ReadExactly(bytes);
        return bytes;
    }
}
