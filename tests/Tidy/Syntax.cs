using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Mneme.Tests.Tidy;

/// <summary>What the checks ask of a C# file.</summary>
internal static class Syntax
{
    public static IEnumerable<T> Of<T>(SourceFile file) where T : SyntaxNode =>
        file.Root.DescendantNodes().OfType<T>();

    /// <summary>Lines of a method from its name to its end, without its attributes.</summary>
    public static int Length(SyntaxNode method)
    {
        var attributes = method.ChildNodes().OfType<AttributeListSyntax>().LastOrDefault();
        var start = attributes?.GetLastToken().GetNextToken() ?? method.GetFirstToken();
        return LineOf(method.GetLastToken()) - LineOf(start) + 1;
    }

    public static string NameOf(SyntaxNode method) => method switch
    {
        MethodDeclarationSyntax named => named.Identifier.Text,
        LocalFunctionStatementSyntax local => local.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        _ => method.Kind().ToString(),
    };

    public static bool IsMethod(SyntaxNode node) => node
        is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax;

    public static bool IsTest(MethodDeclarationSyntax method) => TestAttributes(method).Any();

    public static IEnumerable<AttributeSyntax> TestAttributes(MethodDeclarationSyntax method) =>
        method.AttributeLists.SelectMany(list => list.Attributes)
            .Where(attribute => attribute.Name.ToString() is "Fact" or "Theory" or "Property");

    private static int LineOf(SyntaxToken token) =>
        token.GetLocation().GetLineSpan().EndLinePosition.Line;
}
