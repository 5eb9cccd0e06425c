using System.Collections.Frozen;
using System.Collections.Immutable;
using Mneme.Results;

namespace Mneme.Worker.Weights;

/// <summary>A name that a pickle may hold.</summary>
internal sealed record PickledName(string Name);

/// <summary>A pickled dict, in its order.</summary>
internal sealed class PickledDict : OrderedDictionary<string, object?>;

/// <param name="Type">As safetensors calls it.</param>
/// <param name="Key">Under which the file has the bytes.</param>
internal sealed record PickledStorage(string Type, string Key, long Count)
{
    private const string Prefix = "torch ", Suffix = "Storage";

    private static readonly FrozenDictionary<string, (string Type, int Size)> Types =
        new Dictionary<string, (string, int)>
        {
            ["Double"] = ("F64", 8), ["Float"] = ("F32", 4), ["Half"] = ("F16", 2),
            ["BFloat16"] = ("BF16", 2), ["Long"] = ("I64", 8), ["Int"] = ("I32", 4),
            ["Short"] = ("I16", 2), ["Char"] = ("I8", 1), ["Byte"] = ("U8", 1),
            ["Bool"] = ("BOOL", 1),
        }.ToFrozenDictionary();

    public int ElementSize => Types.Values.First(type => type.Type == Type).Size;

    public static bool IsType(string name) => name.StartsWith(Prefix, StringComparison.Ordinal)
        && name.EndsWith(Suffix, StringComparison.Ordinal) && Types.ContainsKey(WordOf(name));

    public static string TypeOf(string name) => Types[WordOf(name)].Type;

    private static string WordOf(string name) => name[Prefix.Length..^Suffix.Length];
}

/// <summary>A view of a storage.</summary>
internal sealed record PickledTensor(
    PickledStorage Storage, long Offset, ImmutableArray<long> Shape, ImmutableArray<long> Strides)
{
    /// <summary>All tensors of a dict.</summary>
    /// <param name="bytes">A storage's, as many as it says.</param>
    /// <exception cref="MalformedFileException">The pickle is not a dict of tensors.</exception>
    public static ImmutableArray<StoredTensor> AllOf(
        object? pickled, string file, Func<PickledStorage, byte[]> bytes)
    {
        if (pickled is not PickledDict dict)
            throw new MalformedFileException(file, "it holds no dict of tensors");
        return [.. dict.Select(entry => entry.Value is PickledTensor tensor
            ? tensor.Checked(file, entry.Key, bytes)
            : throw new MalformedFileException(
                file, $"'{entry.Key}' is no tensor; save the model's state_dict() alone"))];
    }

    private StoredTensor Checked(string file, string name, Func<PickledStorage, byte[]> bytes)
    {
        if (!IsInside())
            throw new MalformedFileException(file,
                $"tensor '{name}' [{string.Join(", ", Shape)}] reaches beyond its storage of "
                + $"{Storage.Count} numbers");
        return new StoredTensor(name, Storage.Type, Shape, () => InOrder(bytes(Storage)));
    }

    // Nor does it show one number in more places than there are numbers.
    private bool IsInside()
    {
        if (Shape.Length != Strides.Length || Shape.Length > ArrayTypes.MaximumAxes || Offset < 0
            || Shape.Any(size => size <= 0 || size > Storage.Count)
            || Strides.Any(stride => stride < 0 || stride > Storage.Count))
            return false;
        var (last, count) = ((Int128)Offset, (Int128)1);
        for (var axis = 0; axis < Shape.Length; axis++)
        {
            last += (Int128)(Shape[axis] - 1) * Strides[axis];
            count *= Shape[axis];
            if (count > Storage.Count) return false;
        }
        return last < Storage.Count;
    }

    private byte[] InOrder(byte[] storage)
    {
        var size = Storage.ElementSize;
        var count = Shape.Aggregate(1L, (product, length) => product * length);
        var rows = new byte[count * size];
        if (IsDense())
        {
            storage.AsSpan((int)(Offset * size), rows.Length).CopyTo(rows);
            return rows;
        }
        for (var i = 0L; i < count; i++)
            storage.AsSpan((int)(PlaceOf(i) * size), size).CopyTo(rows.AsSpan((int)(i * size)));
        return rows;
    }

    private bool IsDense()
    {
        var expected = 1L;
        for (var axis = Shape.Length - 1; axis >= 0; axis--)
        {
            if (Shape[axis] > 1 && Strides[axis] != expected) return false;
            expected *= Shape[axis];
        }
        return true;
    }

    private long PlaceOf(long element)
    {
        var place = Offset;
        for (var axis = Shape.Length - 1; axis >= 0; axis--)
        {
            place += element % Shape[axis] * Strides[axis];
            element /= Shape[axis];
        }
        return place;
    }
}
