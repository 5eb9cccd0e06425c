using System.Text;
using Microsoft.AspNetCore.Http;
using Mneme.Coordinator.Search;
using Mneme.Specs;
using Mneme.Web;

namespace Mneme.Coordinator.Api;

/// <summary>What is asked of experiments.</summary>
internal static class ExperimentEndpoints
{
    private static readonly UTF8Encoding StrictUtf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static Task List(Asked asked) => Answer.Json(
        asked.Http, [.. asked.Desk.View().Experiments], ApiJson.Default.ExperimentSummaryArray);

    public static async Task Submit(Asked asked)
    {
        var wishes = WishesOf(asked);
        using var body = new MemoryStream();
        await asked.Http.Request.Body.CopyToAsync(body, asked.Http.RequestAborted);
        var bytes = body.ToArray();
        if (SpecName.Of(bytes) is not { } name)
            await asked.Fault(StatusCodes.Status422UnprocessableEntity,
                $"the body is no experiment file with a name ({SpecNames.Rule})");
        else if (!asked.Asker.Reaches(name))
            await asked.Fault(StatusCodes.Status403Forbidden,
                $"the token of {asked.Asker.Name} is good for {asked.Asker.Scope} alone");
        else
            await asked.Reply(
                await asked.Desk.Submit(StrictUtf8.GetString(bytes), wishes, asked.Order()),
                StatusCodes.Status201Created);
    }

    public static async Task Describe(Asked asked)
    {
        if (!await asked.HasTarget()) return;
        if (await asked.Desk.Describe(asked.Target) is not { } detail)
            await asked.NotFound($"experiment '{asked.Target}'");
        else
            await Answer.Json(asked.Http, new DescriptionBody(
                detail.Summary, detail.Spec, detail.Numerics, [.. detail.Quarantined]),
                ApiJson.Default.DescriptionBody);
    }

    public static async Task Journal(Asked asked)
    {
        if (await asked.HasTarget()) await ClusterEndpoints.Journal(asked, asked.Target);
    }

    public static async Task Verify(Asked asked)
    {
        if (!await asked.HasTarget()) return;
        if (await asked.Desk.Describe(asked.Target) is null)
            await asked.NotFound($"experiment '{asked.Target}'");
        else
            await Answer.Json(asked.Http,
                new VerifyBody([.. await asked.Desk.Verify(asked.Target)]),
                ApiJson.Default.VerifyBody);
    }

    // How it is cut when nobody says: so that every slot of the cluster has something to do.
    private static PackingWishes WishesOf(Asked asked) => new(
        (int)(asked.Whole("slots", 1, SpecLimits.Slots * 1024)
            ?? Math.Max(1, asked.Desk.View().Workers.Sum(worker => worker.Slots))),
        (int?)asked.Whole("cohort_size", 1, int.MaxValue),
        asked.Whole("segment_steps", 1, SpecLimits.Steps),
        asked.Http.Request.Query["sharing"].ToString() switch
        {
            "" or "true" => true,
            "false" => false,
            _ => throw new BadHttpRequestException("sharing must be true or false"),
        });
}
