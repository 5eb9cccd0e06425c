using System.Runtime.CompilerServices;

namespace Mneme.Worker.Torch;

/// <summary>What is asked once of a tensor and does not change.</summary>
internal sealed class TensorFacts
{
    internal required long Elements { get; init; }

    internal required DType DType { get; init; }

    internal required bool IsContiguous { get; init; }

    internal required long[] Sizes { get; init; }

    internal static unsafe TensorFacts Of(nint handle)
    {
        var native = Read(handle);
        return new TensorFacts
        {
            Elements = native.Elements,
            DType = (DType)native.DType,
            IsContiguous = native.IsContiguous != 0,
            Sizes = ((ReadOnlySpan<long>)native.Sizes)[..native.Dimensions].ToArray(),
        };
    }

    internal static unsafe NativeFacts Read(nint handle)
    {
        NativeFacts native;
        return Native.Facts(handle, &native) == 0
            ? native
            : throw new TorchException(Native.Error());
    }
}

/// <summary>The layout is that of <c>Facts</c> in tensors.cpp.</summary>
internal struct NativeFacts
{
    internal long Elements;
    internal int Dimensions;
    internal int DType;
    internal int IsContiguous;
    internal int RequiresGrad;
    internal SizeList Sizes;

    [InlineArray(16)]
    internal struct SizeList
    {
        private long first;
    }
}
