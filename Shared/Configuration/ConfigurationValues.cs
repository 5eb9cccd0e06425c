using System.Globalization;
using System.Text.RegularExpressions;
using Mneme.Actors;
using Mneme.Specs;

namespace Mneme.Configuration;

/// <summary>Gives values their types; what does not fit is a fault with its place.</summary>
internal sealed partial class ConfigurationValues(
    IReadOnlyDictionary<string, GivenValue> given, List<string> faults)
{
    private const int LongestGraceSeconds = 24 * 3600;

    public GivenValue? this[string key] => given.GetValueOrDefault(key);

    public string? Text(string key) => this[key]?.Text;

    /// <param name="isWell">What does not hold of it is told, and the text is not.</param>
    public Secret? Secret(string key, Func<string, bool> isWell, string expected)
    {
        if (this[key] is not { } value) return null;
        if (!isWell(value.Text))
            faults.Add($"{value.Place}: {key} is not what it should be; expected {expected}");
        return new Secret(value.Text);
    }

    public int? Whole(string key, int least, int most) => Typed<int>(
        key, $"a whole number from {least} to {most}",
        text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= least && value <= most ? value : null);

    public bool Switch(string key) => Typed<bool>(
        key, "true or false", text => bool.TryParse(text, out var value) ? value : null) ?? false;

    public TimeSpan? Duration(string key) => Typed(
        key, "a time such as 500ms, 90s, 5m or 1h, of at most a day", ParseDuration);

    public LogLevel? Level(string key) => Typed<LogLevel>(
        key, "debug, info, warning or error",
        text => text.All(char.IsAsciiLetterLower) && Enum.TryParse<LogLevel>(
            text, ignoreCase: true, out var level) ? level : null);

    public Uri? Url(string key)
    {
        if (this[key] is not { } value) return null;
        if (HttpUrl(value.Text) is { } url) return url;
        Wrong(key, value, "an http or https URL without user, path or query, "
            + "such as http://127.0.0.1:7070");
        return null;
    }

    public string? Name(string key)
    {
        if (this[key] is not { } value) return null;
        if (SpecNames.Fault(value.Text) is not null) Wrong(key, value, SpecNames.Rule);
        return value.Text;
    }

    public string? Device(string key)
    {
        if (this[key] is { } value && !DevicePattern().IsMatch(value.Text))
            Wrong(key, value, "cpu or cuda:N, such as cuda:0 for the first GPU");
        return Text(key);
    }

    public static Uri? HttpUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme is "http" or "https" && url.UserInfo.Length == 0
        && url.PathAndQuery == "/" && url.Fragment.Length == 0 ? url : null;

    private T? Typed<T>(string key, string expected, Func<string, T?> parse) where T : struct
    {
        if (this[key] is not { } value) return null;
        var parsed = parse(value.Text);
        if (parsed is null) Wrong(key, value, expected);
        return parsed;
    }

    private void Wrong(string key, GivenValue value, string expected) => faults.Add(
        $"{value.Place}: {key} is {SpecErrors.Quote(value.Text)}; expected {expected}");

    private static TimeSpan? ParseDuration(string text)
    {
        var match = DurationPattern().Match(text);
        if (!match.Success) return null;
        var number = long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        var seconds = match.Groups[2].Value switch
        {
            "ms" => number / 1000.0,
            "s" => number,
            "m" => number * 60.0,
            _ => number * 3600.0,
        };
        return seconds <= LongestGraceSeconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    [GeneratedRegex(@"\A([0-9]{1,9})(ms|s|m|h)\z")]
    private static partial Regex DurationPattern();

    [GeneratedRegex(@"\A(?:cpu|cuda:(?:0|[1-9][0-9]{0,2}))\z")]
    private static partial Regex DevicePattern();
}
