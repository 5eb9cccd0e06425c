namespace Mneme.Results;

/// <summary>
/// Writes Python pickles (protocol 4, Python 3.4 and later) and never reads one: reading runs what
/// the file says. Source of the opcodes: Lib/pickletools.py of Python.
/// </summary>
public static class Pickle
{
    /// <summary>Writes one value. Equal values give equal bytes.</summary>
    /// <exception cref="ArgumentException">A text is not Unicode, an array's bytes do not fit its
    /// shape, or values nest more than 64 deep.</exception>
    public static void Write(Stream stream, PickleValue value)
    {
        // Opcodes are a byte or two each; the stream may be a file without a buffer.
        var buffered = new BufferedStream(stream, bufferSize: 1 << 16);
        new PickleOutput(buffered).Write(value);
        buffered.Flush();
    }
}
