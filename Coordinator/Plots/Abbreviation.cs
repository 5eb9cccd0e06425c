namespace Mneme.Coordinator.Plots;

/// <summary>A text that is too long, shortened in its middle: labels that begin alike are told
/// apart by their ends.</summary>
internal static class Abbreviation
{
    public static string Of(string text, int longest)
    {
        if (text.Length <= longest) return text;
        var end = (longest - 1) / 2;
        return $"{text[..(longest - 1 - end)]}…{text[^end..]}";
    }
}
