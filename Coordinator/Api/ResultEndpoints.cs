using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Mneme.Coordinator.Verification;
using Mneme.Web;

namespace Mneme.Coordinator.Api;

/// <summary>Published results as files.</summary>
internal static class ResultEndpoints
{
    private static readonly EnumerationOptions NoLinks = new()
    {
        RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint,
    };

    public static async Task List(Asked asked)
    {
        if (await Folder(asked) is not { } folder) return;
        var listed = PublishedFiles.Hashes(folder);
        var files = Directory.EnumerateFiles(folder, "*", NoLinks)
            .Select(path => (path, name: Path.GetRelativePath(folder, path).Replace('\\', '/')))
            .Where(file => ResultPath.IsPlain(file.name))
            .OrderBy(file => file.name, StringComparer.Ordinal)
            .Select(file => new ResultFile(
                file.name, new FileInfo(file.path).Length,
                listed.GetValueOrDefault(file.name) ?? PublishedFiles.HashOf(folder, file.name)));
        await Answer.Json(asked.Http, new ResultsBody([.. files]), ApiJson.Default.ResultsBody);
    }

    public static async Task File(Asked asked)
    {
        if (await Folder(asked) is not { } folder) return;
        var name = asked.Http.GetRouteValue("file") as string ?? "";
        if (ResultPath.Resolve(folder, name) is not { } path)
        {
            await asked.NotFound("such file");
            return;
        }
        // A report is a page: it must not run as a page of this server.
        var response = asked.Http.Response;
        response.ContentType = "application/octet-stream";
        response.Headers.ContentDisposition = "attachment";
        response.ContentLength = new FileInfo(path).Length;
        await response.SendFileAsync(path, asked.Http.RequestAborted);
    }

    private static async Task<string?> Folder(Asked asked)
    {
        if (!await asked.HasTarget()) return null;
        if (asked.Desk.ResultsOf(asked.Target) is { } folder && Directory.Exists(folder))
            return folder;
        await asked.NotFound($"complete result of '{asked.Target}' (yet)");
        return null;
    }
}
