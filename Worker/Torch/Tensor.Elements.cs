using System.Runtime.InteropServices;

namespace Mneme.Worker.Torch;

/// <summary>Elements in and out.</summary>
public sealed partial class Tensor
{
    private static readonly Operator CopyFromOperator = new("aten::copy_");
    private static readonly Operator FillOperator = new("aten::fill_", "Scalar");
    private static readonly Operator ItemOperator = new("aten::_local_scalar_dense");

    /// <summary>A copy of the elements, row by row.</summary>
    /// <exception cref="TorchException">The shape does not hold as many elements.</exception>
    public static Tensor From<T>(
        ReadOnlySpan<T> elements, ReadOnlySpan<long> shape, Device? device = null)
        where T : unmanaged =>
        FromBytes(MemoryMarshal.AsBytes(elements), shape, DTypes.Of<T>(), device);

    public static Tensor From<T>(T[] elements, ReadOnlySpan<long> shape, Device? device = null)
        where T : unmanaged => From((ReadOnlySpan<T>)elements, shape, device);

    /// <summary>From raw little-endian bytes, as <see cref="ToBytes"/> gives them.</summary>
    public static unsafe Tensor FromBytes(
        ReadOnlySpan<byte> bytes, ReadOnlySpan<long> shape, DType dtype, Device? device = null)
    {
        nint place = device is { IsCpu: false } away ? NativeText.Of(away.Name) : 0;
        fixed (byte* data = bytes)
        fixed (long* sizes = shape)
            return new Tensor(Native.FromBytes(
                data, bytes.Length, sizes, shape.Length, (int)dtype, place));
    }

    /// <summary>Overwrites every element, row by row; the new values carry no gradient.</summary>
    public unsafe Tensor CopyFrom<T>(ReadOnlySpan<T> elements) where T : unmanaged
    {
        Require<T>();
        fixed (T* data = elements)
            Check(Native.Write(Handle, data, (long)elements.Length * sizeof(T)));
        return this;
    }

    public Tensor CopyFrom<T>(T[] elements) where T : unmanaged =>
        CopyFrom((ReadOnlySpan<T>)elements);

    /// <summary>Overwrites every element with the other tensor's, which may be broadcast.</summary>
    public Tensor CopyFrom(Tensor source) => CopyFromOperator.CallInPlace(this, this, source);

    public Tensor FillInPlace(double value) => FillOperator.CallInPlace(this, this, value);

    public unsafe T[] ToArray<T>() where T : unmanaged
    {
        Require<T>();
        var elements = new T[Count];
        CopyTo(elements);
        return elements;
    }

    /// <summary>Reads every element, row by row, without an allocation.</summary>
    public unsafe void CopyTo<T>(Span<T> elements) where T : unmanaged
    {
        Require<T>();
        fixed (T* data = elements)
            Check(Native.Read(Handle, data, (long)elements.Length * sizeof(T)));
    }

    public unsafe byte[] ToBytes()
    {
        var bytes = new byte[Count * DType.Bytes()];
        fixed (byte* data = bytes) Check(Native.Read(Handle, data, bytes.Length));
        return bytes;
    }

    /// <summary>The value of a tensor of one element.</summary>
    public double Item() => ItemOperator.CallForNumber(this);

    private void Require<T>() where T : unmanaged
    {
        if (DTypes.Of<T>() != DType)
            throw new TorchException($"{this}: elements are {DType}, not {typeof(T).Name}");
    }

    private void Check(int status)
    {
        if (status != 0) throw new TorchException($"{this}: {Native.Error()}");
    }
}
