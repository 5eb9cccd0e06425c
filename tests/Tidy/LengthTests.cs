using Microsoft.CodeAnalysis;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Tidy;

public sealed class LengthTests
{
    private const int MostFileLines = 300;
    private const int MostMethodLines = 40;
    private const int MostColumns = 100;

    private static readonly string[] Languages = [".cs", ".cpp", ".h", ".py"];

    [Fact]
    public void A_file_has_at_most_300_lines() =>
        Repository.Sources(Languages)
            .Where(file => file.Lines.Length > MostFileLines)
            .Select(file => $"{file.Path}: {file.Lines.Length} lines")
            .ShouldBeEmpty();

    [Fact]
    public void A_line_has_at_most_100_columns() =>
        Repository.Sources(Languages).SelectMany(LongLines).ShouldBeEmpty();

    [Fact]
    public void A_method_has_at_most_40_lines() =>
        Repository.Sources(".cs").SelectMany(LongMethods).ShouldBeEmpty();

    [Fact]
    public void The_checks_find_what_is_too_long()
    {
        var body = string.Concat(Enumerable.Repeat("        Do();\n", 38));
        var source = $"class A\n{{\n    [Fact]\n    void Long()\n    {{\n{body}    }}\n}}\n";
        var longer = source.Replace("    }", "        Do();\n    }", StringComparison.Ordinal);

        LongMethods(new SourceFile("a.cs", source)).ShouldBe(["a.cs: Long has 41 lines"]);
        LongMethods(new SourceFile("a.cs", longer)).ShouldBe(["a.cs: Long has 42 lines"]);
        LongLines(new SourceFile("a.cs", new string('é', 100))).ShouldBeEmpty();
        LongLines(new SourceFile("a.cs", "\n" + new string('x', 101))).ShouldBe(["a.cs:2: 101"]);
        LongLines(new SourceFile("a.cs", "https://x/" + new string('x', 101))).ShouldBeEmpty();
    }

    // An address cannot be broken.
    private static IEnumerable<string> LongLines(SourceFile file) => file.Lines
        .Select((text, place) => (text, number: place + 1))
        .Where(line => line.text.Length > MostColumns && !line.text.Contains("://"))
        .Select(line => $"{file.Path}:{line.number}: {line.text.Length}");

    private static IEnumerable<string> LongMethods(SourceFile file) => Syntax
        .Of<SyntaxNode>(file)
        .Where(node => Syntax.IsMethod(node) && Syntax.Length(node) > MostMethodLines)
        .Select(node =>
            $"{file.Path}: {Syntax.NameOf(node)} has {Syntax.Length(node)} lines");
}
