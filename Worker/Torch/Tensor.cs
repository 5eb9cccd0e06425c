using System.Text;

namespace Mneme.Worker.Torch;

/// <summary>
/// A tensor of libtorch. It belongs to the open <see cref="TensorScope"/> of the thread that made
/// it, or, made outside of one or kept, to whoever calls <see cref="Dispose"/>. There is no
/// finaliser: it would cost more than many an operator. Operators carry PyTorch's names.
/// </summary>
public sealed partial class Tensor : IDisposable
{
    private nint handle;
    private TensorScope? owner;
    private int place;
    private TensorFacts? facts;

    internal Tensor(nint handle)
    {
        if (handle == 0) throw new TorchException(Native.Error());
        this.handle = handle;
        LiveTensors.Add(1);
        TensorScope.Current?.Own(this);
    }

    /// <summary>How many tensors are alive in this process: flat over steps, or something
    /// leaks.</summary>
    public static long LiveCount => LiveTensors.Count;

    internal nint Handle =>
        handle != 0 ? handle : throw new TorchException("the tensor was freed with its scope");

    /// <summary>Sizes of the dimensions.</summary>
    public ReadOnlySpan<long> Shape => Facts.Sizes;

    public int Rank => Facts.Sizes.Length;

    public long Count => Facts.Elements;

    public DType DType => Facts.DType;

    public bool IsContiguous => Facts.IsContiguous;

    /// <summary>The size of one dimension; negative ones count from the last.</summary>
    public long Size(int dimension) =>
        Facts.Sizes[dimension < 0 ? dimension + Rank : dimension];

    public unsafe Device Device
    {
        get
        {
            byte* text = stackalloc byte[32];
            int length = Native.Device(Handle, text, 32);
            return new Device(Encoding.UTF8.GetString(text, length));
        }
    }

    private TensorFacts Facts => facts ??= TensorFacts.Of(Handle);

    /// <summary>Takes the tensor out of its scope: the caller frees it.</summary>
    public Tensor Keep()
    {
        owner?.Disown(place);
        owner = null;
        return this;
    }

    public unsafe void Dispose()
    {
        if (handle == 0) return;
        Keep();
        nint freed = handle;
        handle = 0;
        LiveTensors.Add(-1);
        Native.Free(&freed, 1);
    }

    public override string ToString() =>
        handle == 0 ? "freed" : $"{DType} [{string.Join(", ", Shape.ToArray())}]";

    internal int OwnedBy(TensorScope scope, int index)
    {
        owner = scope;
        return place = index;
    }

    internal static unsafe void CopyHandles(ReadOnlySpan<Tensor?> tensors, nint* handles)
    {
        for (int i = 0; i < tensors.Length; i++) handles[i] = tensors[i]?.Handle ?? 0;
    }

    internal static unsafe void FreeAll(List<Tensor?> tensors)
    {
        const int batch = 256;
        nint* handles = stackalloc nint[batch];
        int count = 0;
        foreach (var tensor in tensors)
        {
            if (tensor is null) continue;
            handles[count++] = tensor.handle;
            (tensor.handle, tensor.owner) = (0, null);
            if (count == batch) Free(handles, ref count);
        }
        Free(handles, ref count);
    }

    private static unsafe void Free(nint* handles, ref int count)
    {
        Native.Free(handles, count);
        LiveTensors.Add(-count);
        count = 0;
    }
}
