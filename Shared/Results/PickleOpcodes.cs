using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Mneme.Results;

/// <summary>The opcodes for single values, each as short as it can be. What repeats (keys, numpy's
/// functions and types) is written once and then fetched from the reader's memo.</summary>
internal sealed class PickleOpcodes(Stream stream)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private readonly Dictionary<object, int> _memo = [];

    public void Op(params ReadOnlySpan<byte> bytes) => stream.Write(bytes);

    public void Flag(bool value) => Op(value ? (byte)0x88 : (byte)0x89);    // NEWTRUE NEWFALSE

    public void Integer(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        if (value is >= 0 and <= byte.MaxValue) Op((byte)'K', bytes[0]);    // BININT1
        else if (value is >= int.MinValue and <= int.MaxValue)
            Op([(byte)'J', .. bytes[..sizeof(int)]]);                       // BININT
        else Op([0x8a, sizeof(long), .. bytes]);                            // LONG1
    }

    public void Real(double value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        // One NaN: which of them an operation gives depends on the processor.
        BinaryPrimitives.WriteInt64BigEndian(bytes, double.IsNaN(value)
            ? 0x7FF8_0000_0000_0000
            : BitConverter.DoubleToInt64Bits(value));
        Op([(byte)'G', .. bytes]);                                          // BINFLOAT
    }

    public void Text(string text)
    {
        if (Recall(text)) return;
        var bytes = StrictUtf8.GetBytes(text);
        if (bytes.Length <= byte.MaxValue) Op(0x8c, (byte)bytes.Length);    // SHORT_BINUNICODE
        else Length((byte)'X', (uint)bytes.Length);                         // BINUNICODE
        Op(bytes);
        Memoize(text);
    }

    /// <summary>The opcode and length that announce bytes, which follow with <see cref="Op"/>.
    /// </summary>
    public void BytesHeader(long length)
    {
        if (length <= byte.MaxValue) Op((byte)'C', (byte)length);           // SHORT_BINBYTES
        else if (length <= uint.MaxValue) Length((byte)'B', (uint)length);  // BINBYTES
        else
        {
            Span<byte> bytes = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
            Op([0x8e, .. bytes]);                                           // BINBYTES8
        }
    }

    public void Global(string module, string name)
    {
        if (Recall((module, name))) return;
        Text(module);
        Text(name);
        Op(0x93);                                                           // STACK_GLOBAL
        Memoize((module, name));
    }

    public void Tuple(ImmutableArray<long> values)
    {
        Op((byte)'(');                                                      // MARK
        foreach (var value in values) Integer(value);
        Op((byte)'t');                                                      // TUPLE
    }

    /// <summary>numpy.dtype('&lt;f4', False, True): not aligned, a copy.</summary>
    public void Type(ArrayType type)
    {
        if (Recall(type)) return;
        Global("numpy", "dtype");
        Text(type.NumpyName());
        Flag(false);
        Flag(true);
        Op(0x87, (byte)'R');                                                // TUPLE3 REDUCE
        Memoize(type);
    }

    private void Length(byte opcode, uint length)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, length);
        Op([opcode, .. bytes]);
    }

    private bool Recall(object value)
    {
        if (!_memo.TryGetValue(value, out var place)) return false;
        if (place <= byte.MaxValue) Op((byte)'h', (byte)place);             // BINGET
        else Length((byte)'j', (uint)place);                                // LONG_BINGET
        return true;
    }

    private void Memoize(object value)
    {
        Op(0x94);                                                           // MEMOIZE
        _memo.Add(value, _memo.Count);
    }
}
