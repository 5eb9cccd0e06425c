using Mneme.Configuration;
using Mneme.Credentials;

namespace Mneme.Coordinator.Api;

/// <summary>The first credential. Where the settings name none, one is made and left where only the
/// owner of the state folder can read it: on a machine of one's own nothing need be set.</summary>
public static class OperatorToken
{
    public const string FileName = "operator-token";

    /// <summary>The settings with a token.</summary>
    /// <exception cref="UserError">The file cannot be written or read.</exception>
    public static NodeConfiguration Ensure(NodeConfiguration settings)
    {
        if (settings.Token is not null) return settings;
        var path = Path.Combine(settings.State, FileName);
        if (!File.Exists(path)) Create(settings.State, path);
        return TokenText.InFile(path, out var fault) is { } token
            ? settings with { Token = token }
            : throw new UserError($"{path}: {fault}; delete it to get a new one, or set token");
    }

    private static void Create(string state, string path)
    {
        try
        {
            Directory.CreateDirectory(state);
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write,
            };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var file = new StreamWriter(path, options);
            file.Write(TokenHash.NewToken().Reveal() + "\n");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"{path}: the operator's token cannot be written there "
                + $"({error.Message}); set token, or another state folder", inner: error);
        }
    }
}
