using System.Buffers;
using System.Globalization;

namespace Mneme.Results;

/// <summary>Writes a table field by field (RFC 4180): nothing but the current line is in memory.
/// Numbers are the shortest texts that read back to the same bits.</summary>
public sealed class CsvWriter(TextWriter output)
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");
    private int _fields;
    private bool _isBlank = true;

    public CsvWriter Field(string text)
    {
        Separate();
        _isBlank = text.Length == 0;
        if (!text.AsSpan().ContainsAny(Special)) output.Write(text);
        else output.Write($"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
        return this;
    }

    public CsvWriter Field(long number) =>
        Field(number.ToString(CultureInfo.InvariantCulture));

    public CsvWriter Field(double number) =>
        Field(number.ToString("R", CultureInfo.InvariantCulture));

    public CsvWriter Field(float number) =>
        Field(number.ToString("R", CultureInfo.InvariantCulture));

    public CsvWriter EndRow()
    {
        // A row of one empty field would be an empty line, which readers skip.
        if (_fields == 1 && _isBlank) output.Write("\"\"");
        output.Write("\r\n");
        _fields = 0;
        return this;
    }

    private void Separate()
    {
        if (_fields++ > 0) output.Write(',');
    }
}
