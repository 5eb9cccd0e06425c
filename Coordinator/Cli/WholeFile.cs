namespace Mneme.Coordinator.Cli;

/// <summary>A file that a command writes: complete, or not there.</summary>
internal static class WholeFile
{
    /// <exception cref="UserError">It cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var unfinished = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            using (var stream = File.Create(unfinished)) write(stream);
            File.Move(unfinished, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(unfinished)) File.Delete(unfinished);
            throw new UserError(
                $"{path}: cannot be written ({error.Message}). Name another file with --to.",
                inner: error);
        }
    }
}
