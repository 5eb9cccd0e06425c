using System.Globalization;
using System.Text;
using Mneme.Results;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Results;

public sealed class CsvWriterTests
{
    [Fact]
    public void Fields_are_quoted_only_where_they_must_be() =>
        Written(csv => csv
            .Field("plain").Field("a,b").Field("say \"x\"").Field("two\nlines").Field("").EndRow()
            .Field("").EndRow()
            .Field(1L).EndRow())
            .ShouldBe("plain,\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",\r\n\"\"\r\n1\r\n");

    [Fact]
    public void Numbers_are_short_and_the_same_everywhere()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat =
                new NumberFormatInfo { NumberDecimalSeparator = "," } };
            Written(csv => csv.Field(0.1).Field(0.1f).Field(long.MinValue).Field(1e-7)
                .Field(double.NaN).Field(double.NegativeInfinity).EndRow())
                .ShouldBe("0.1,0.1,-9223372036854775808,1E-07,NaN,-Infinity\r\n");
        }
        finally { CultureInfo.CurrentCulture = before; }
    }

    [Fact]
    public void Python_reads_the_same_table()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.csv", Encoding.UTF8.GetBytes(Written(csv => csv
            .Field("a,\"\r\n;é").Field("").EndRow().Field("").EndRow().Field(-1e300).EndRow())));

        Python.Run(
            "import csv, sys; print(ascii(list(csv.reader(open(sys.argv[1], newline='', " +
            "encoding='utf-8'), strict=True))))", path)
            .ShouldBe("[['a,\"\\r\\n;\\xe9', ''], [''], ['-1E+300']]");
    }

    private static string Written(Action<CsvWriter> write)
    {
        using var text = new StringWriter();
        write(new CsvWriter(text));
        return text.ToString();
    }
}
