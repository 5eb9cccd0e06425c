using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Mneme.Worker.Torch;

/// <summary>What an argument or a result is; the order is that of <c>Kind</c> in
/// calling.cpp.</summary>
internal enum ValueKind
{
    None, Tensor, Integer, Real, Flag, Integers, Tensors, OptionalTensors, Text, Device,
}

/// <summary>One argument or result as it crosses; the layout is that of <c>Value</c>.</summary>
internal struct NativeValue
{
    internal ValueKind Kind;
    internal int Count;
    internal long Bits;
}

/// <summary>Texts that were passed once stay in native memory: few are ever used.</summary>
internal static class NativeText
{
    private static readonly ConcurrentDictionary<string, nint> Known = new();

    internal static nint Of(string text) => Known.GetOrAdd(text, Marshal.StringToCoTaskMemUTF8);
}
