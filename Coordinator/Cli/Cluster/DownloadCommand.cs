using System.CommandLine;
using Mneme.Coordinator.Api;
using Mneme.Coordinator.Export;
using Mneme.Coordinator.Verification;

namespace Mneme.Coordinator.Cli.Cluster;

/// <summary><c>mneme experiment download NAME --out FOLDER</c>: the results as a run would have
/// left them, every file's hash checked, all of them or none.</summary>
internal static class DownloadCommand
{
    public static Command Build()
    {
        var (name, output) = (new Argument<string>("NAME"), OutOption.Build());
        return ServerOptions.Verb("download", "Fetch an experiment's results",
            (parsed, client) => Run(
                client, parsed.GetRequiredValue(name), parsed.GetRequiredValue(output)),
            name, output);
    }

    private static async Task<int> Run(ApiClient client, string name, string output)
    {
        var path = RemoteExperimentCommands.PathOf(name);
        var files = (await client.Get($"{path}/results", ApiJson.Default.ResultsBody)).Files;
        // The name is the user's, and the server knew it; the files' names are the server's.
        var target = Path.Combine(output, name);
        if (files.FirstOrDefault(file => !ResultPath.IsPlain(file.Path)) is { } odd)
            throw new UserError($"{client.Server}: it names a file '{Shown.Plain(odd.Path)}', "
                + "which would lie outside of the results: nothing was written");
        if (Directory.Exists(target))
            return IsSame(target, files)
                ? Say($"{target}: there already, and the same")
                : throw new UserError($"{target} exists and holds something else; remove it, "
                    + "or choose another folder with --out");
        await Fetch(client, $"{path}/results", files, output, target);
        return Say($"Results: {target} ({files.Length} files, {files.Sum(file => file.Bytes):N0} "
            + "bytes, every hash checked)");
    }

    private static async Task Fetch(
        ApiClient client, string path, ResultFile[] files, string output, string target)
    {
        var workshop = Path.Combine(output, $".download-{Guid.NewGuid():N}");
        try
        {
            var folder = new ResultFolder(workshop);
            foreach (var file in files)
            {
                using var response = await client.Open($"{path}/{file.Path}");
                await using var content = await response.Content.ReadAsStreamAsync();
                folder.Write(file.Path, content.CopyTo);
                if (folder.Hashes[file.Path] != file.Sha256)
                    throw new UserError($"{file.Path} did not come as it was announced: nothing "
                        + "was written; try again");
            }
            folder.Publish(target);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException
            or HttpRequestException)
        {
            throw new UserError($"{target}: the results cannot be fetched ({error.Message}); "
                + "nothing was written", inner: error);
        }
        finally
        {
            if (Directory.Exists(workshop)) Directory.Delete(workshop, recursive: true);
        }
    }

    private static bool IsSame(string target, ResultFile[] files) =>
        Directory.EnumerateFiles(target, "*", SearchOption.AllDirectories).Count() == files.Length
        && files.All(file => File.Exists(Path.Combine(target, file.Path))
            && PublishedFiles.HashOf(target, file.Path) == file.Sha256);

    private static int Say(string text)
    {
        Console.WriteLine(text);
        return 0;
    }
}
