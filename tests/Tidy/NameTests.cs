using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Tidy;

public sealed partial class NameTests
{
    private static readonly HashSet<string> Banned = new(StringComparer.OrdinalIgnoreCase)
    {
        "Manager", "Managers", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities",
        "Service", "Services", "Common", "Misc",
    };

    [Fact]
    public void No_type_is_called_after_nothing_in_particular() =>
        Repository.Sources(".cs")
            .SelectMany(file => Syntax.Of<BaseTypeDeclarationSyntax>(file)
                .Select(type => type.Identifier.Text)
                .Where(IsEmptyWord)
                .Select(name => $"{file.Path}: {name}"))
            .ShouldBeEmpty();

    [Fact]
    public void No_file_or_folder_of_code_is_either() =>
        Repository.Files
            .Where(path => path.EndsWith(".cs", StringComparison.Ordinal))
            .Where(path => path[..^".cs".Length].Split('/').Any(IsEmptyWord))
            .ShouldBeEmpty();

    [Fact]
    public void A_test_is_a_sentence() =>
        TestMethods()
            .Where(test => !Sentence().IsMatch(test.Name))
            .ShouldBeEmpty();

    [Fact]
    public void No_test_is_switched_off() =>
        Repository.Sources(".cs")
            .SelectMany(file => Syntax.Of<MethodDeclarationSyntax>(file)
                .SelectMany(Syntax.TestAttributes)
                .Where(attribute => attribute.ArgumentList?.ToString().Contains("Skip") == true)
                .Select(attribute => $"{file.Path}: {attribute}"))
            .ShouldBeEmpty();

    [Fact]
    public void No_region_folds_code_away() =>
        Repository.Sources(".cs")
            .Where(file => file.Lines.Any(line => line.TrimStart().StartsWith("#region")))
            .Select(file => file.Path)
            .ShouldBeEmpty();

    [Theory]
    [InlineData("TrialManager", true)]
    [InlineData("IOHelpers", true)]
    [InlineData("common", true)]
    [InlineData("Commons", false)]
    [InlineData("ServicedLane", false)]
    public void A_banned_word_is_found_as_a_word(string name, bool isBanned) =>
        IsEmptyWord(name).ShouldBe(isBanned);

    private static IEnumerable<(string Path, string Name)> TestMethods() =>
        from file in Repository.Sources(".cs")
        from method in Syntax.Of<MethodDeclarationSyntax>(file)
        where Syntax.IsTest(method)
        select (file.Path, method.Identifier.Text);

    private static bool IsEmptyWord(string name) =>
        Words().Matches(name).Any(word => Banned.Contains(word.Value));

    // "Tests_end_with..." is a sentence about tests, "Test_end" and "TestEnd" are none.
    [GeneratedRegex("^(?!Test(_|[A-Z0-9]))[A-Z0-9].*_")]
    private static partial Regex Sentence();

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z]+")]
    private static partial Regex Words();
}
