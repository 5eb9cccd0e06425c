using Mneme.Specs.Yaml;

namespace Mneme.Specs;

/// <summary>Collects what is wrong with one file, so that all of it is told at once.</summary>
internal sealed class SpecErrors(string file)
{
    private const int Maximum = 100;
    private const int LongestQuote = 60;
    private readonly List<SpecError> _found = [];

    public IReadOnlyList<SpecError> Found => _found;

    public void Add(
        YamlMark at, string path, string message, string? expected = null, string? remedy = null)
    {
        var error = new SpecError(file, at.Line, at.Column, path, message, expected, remedy);
        if (_found.Count < Maximum && !_found.Any(known => SaysTheSame(known, error)))
            _found.Add(error);
    }

    public void AddAboutFile(string message, string? expected = null, string? remedy = null) =>
        Add(default, "", message, expected, remedy);

    /// <summary>A user's text in quotes, short and on one line whatever it holds.</summary>
    public static string Quote(string text)
    {
        var shown = text.Length <= LongestQuote ? text : text[..LongestQuote] + "...";
        return $"'{string.Concat(shown.Select(c => char.IsControl(c) ? '?' : c))}'";
    }

    // A phase that is read several times, for a repeat or for all orders, is wrong once.
    private static bool SaysTheSame(SpecError one, SpecError other) =>
        WithoutPath(one) == WithoutPath(other);

    private static SpecError WithoutPath(SpecError error) => error.KeyPath.Length == 0
        ? error
        : error with { KeyPath = "", Message = error.Message.Replace(error.KeyPath, "") };

    /// <summary>Where a key is: <c>search.parameters.learning_rate</c>.</summary>
    public static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";
}
