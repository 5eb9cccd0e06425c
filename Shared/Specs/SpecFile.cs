using System.Text;

namespace Mneme.Specs;

/// <summary>From a path to text, one clear error for each way in which that fails.</summary>
internal static class SpecFile
{
    private static readonly UTF8Encoding StrictUtf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static byte[]? Load(string path, SpecErrors errors)
    {
        if (Directory.Exists(path)) return Fail(errors, "this is a folder", "a YAML file");
        try
        {
            using var stream = File.OpenRead(path);
            // Read one byte more than allowed, and never more: a device has no length.
            var bytes = new byte[SpecLimits.FileBytes + 1];
            return bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (Exception failure) when (failure is FileNotFoundException
            or DirectoryNotFoundException)
        {
            return Fail(errors, "no such file");
        }
        catch (UnauthorizedAccessException)
        {
            return Fail(errors, "not readable: permission denied");
        }
        catch (Exception failure) when (failure is IOException or ArgumentException
            or NotSupportedException)
        {
            return Fail(errors, $"not readable: {failure.Message}");
        }
    }

    public static string? Decode(ReadOnlySpan<byte> bytes, SpecErrors errors)
    {
        if (bytes.Length > SpecLimits.FileBytes)
            return Fail<string>(errors, $"larger than {SpecLimits.FileBytes} bytes", "a spec");
        try
        {
            var text = StrictUtf8.GetString(bytes).TrimStart('\uFEFF');
            if (string.IsNullOrWhiteSpace(text))
                return Fail<string>(errors, "the file is empty", "an experiment");
            return HasControlCharacter(text, errors) ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return Fail<string>(errors, "not UTF-8 text", "UTF-8", "save it with that encoding");
        }
    }

    // The YAML library takes NUL for the end of the file and would hide what follows it.
    private static bool HasControlCharacter(string text, SpecErrors errors)
    {
        int line = 1, start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n') (line, start) = (line + 1, i + 1);
            if (!char.IsControl(text[i]) || text[i] is '\n' or '\r' or '\t' or '\u0085') continue;
            errors.Add(new Yaml.YamlMark(line, i - start + 1), "",
                $"the control character U+{(int)text[i]:X4}", "text", "remove it");
            return true;
        }
        return false;
    }

    private static byte[]? Fail(SpecErrors errors, string message, string? expected = null) =>
        Fail<byte[]>(errors, message, expected);

    private static T? Fail<T>(
        SpecErrors errors, string message, string? expected = null, string? remedy = null)
        where T : class
    {
        errors.AddAboutFile(message, expected, remedy);
        return null;
    }
}
