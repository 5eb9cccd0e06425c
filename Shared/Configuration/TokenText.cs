using System.Text;

namespace Mneme.Configuration;

/// <summary>A token as a file or a person gives it.</summary>
public static class TokenText
{
    public const int LongestBytes = 4096;

    /// <summary>The token in a file; null with what is wrong with it.</summary>
    public static Secret? InFile(string path, out string fault)
    {
        fault = "";
        try
        {
            using var file = File.OpenRead(path);
            var bytes = new byte[LongestBytes + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            var text = Encoding.UTF8.GetString(bytes, 0, length).Trim();
            if (length <= LongestBytes && IsToken(text)) return new Secret(text);
            fault = "it does not hold one line with a token";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException
            or ArgumentException or NotSupportedException)
        {
            fault = $"it cannot be read ({error.Message})";
        }
        return null;
    }

    /// <summary>Visible ASCII: what an HTTP header can carry.</summary>
    public static bool IsToken(string text) =>
        text.Length > 0 && text.All(letter => letter is > ' ' and <= '~');
}
