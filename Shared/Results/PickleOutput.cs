namespace Mneme.Results;

/// <summary>
/// Turns values into opcodes. There are no frames: they are hints that a writer may leave out, and
/// without them no array is too large.
/// </summary>
internal sealed class PickleOutput(Stream stream)
{
    private const int MaximumDepth = 64;
    private readonly PickleOpcodes _opcodes = new(stream);

    public void Write(PickleValue value)
    {
        _opcodes.Op(0x80, 4);                                   // PROTO 4
        Write(value, depth: 0);
        _opcodes.Op((byte)'.');                                 // STOP
    }

    private void Write(PickleValue value, int depth)
    {
        if (depth > MaximumDepth) throw new ArgumentException($"more than {MaximumDepth} deep");
        switch (value)
        {
            case PickleValue.Nothing: _opcodes.Op((byte)'N'); break;
            case PickleValue.Flag flag: _opcodes.Flag(flag.Value); break;
            case PickleValue.Integer integer: _opcodes.Integer(integer.Value); break;
            case PickleValue.Real real: _opcodes.Real(real.Value); break;
            case PickleValue.Text text: _opcodes.Text(text.Value); break;
            case PickleValue.List list: WriteList(list, depth); break;
            case PickleValue.Dict dict: WriteDict(dict, depth); break;
            case PickleValue.Array array: WriteArray(array.Value); break;
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private void WriteList(PickleValue.List list, int depth)
    {
        _opcodes.Op((byte)']', (byte)'(');                      // EMPTY_LIST MARK
        foreach (var item in list) Write(item, depth + 1);
        _opcodes.Op((byte)'e');                                 // APPENDS
    }

    private void WriteDict(PickleValue.Dict dict, int depth)
    {
        _opcodes.Op((byte)'}', (byte)'(');                      // EMPTY_DICT MARK
        foreach (var (key, item) in dict)
        {
            Write(key, depth + 1);
            Write(item, depth + 1);
        }
        _opcodes.Op((byte)'u');                                 // SETITEMS
    }

    // What numpy.ndarray.__reduce__ says: _reconstruct(ndarray, (0,), b'b') makes an empty array,
    // and its __setstate__ takes (1, shape, dtype, is_fortran, bytes).
    private void WriteArray(NamedArray array)
    {
        array.Check();
        // numpy 1 has this module; numpy 2 moved it to numpy._core and keeps this name for old
        // pickles, without a warning. The new name would lock numpy 1 out.
        _opcodes.Global("numpy.core.multiarray", "_reconstruct");
        _opcodes.Global("numpy", "ndarray");
        _opcodes.Tuple([0]);
        WriteBytes("b"u8);
        _opcodes.Op(0x87, (byte)'R');                           // TUPLE3 REDUCE
        _opcodes.Op((byte)'(');                                 // MARK
        _opcodes.Integer(1);
        _opcodes.Tuple(array.Shape);
        _opcodes.Type(array.Type);
        _opcodes.Flag(false);
        WriteBytes(array.Bytes.Span);
        _opcodes.Op((byte)'t', (byte)'b');                      // TUPLE BUILD
    }

    private void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        _opcodes.BytesHeader(bytes.Length);
        _opcodes.Op(bytes);
    }
}
