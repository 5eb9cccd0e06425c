using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Mneme.Journal;
using Mneme.Specs;
using Mneme.Web;

namespace Mneme.Coordinator.Api;

/// <summary>One request that was let in.</summary>
/// <param name="Server">What the process knows besides the desk.</param>
internal sealed partial record Asked(
    HttpContext Http, IDesk Desk, Asker Asker, ApiContext Server)
{
    public const string RequestHeader = "Mneme-Request-Id";
    public const string WhyHeader = "Mneme-Why";
    private const int LongestWhy = 500;

    /// <summary>The node or experiment in the path.</summary>
    public string Target => Http.GetRouteValue(ApiRoute.Target) as string ?? "";

    /// <summary>Whether the target can be one at all; else the answer that it is none.</summary>
    public async Task<bool> HasTarget()
    {
        if (SpecNames.Fault(Target) is null) return true;
        await NotFound("such name");
        return false;
    }

    public Task NotFound(string what) =>
        Fault(StatusCodes.Status404NotFound, $"there is no {what}");

    public Task Fault(int status, string text) => Answer.Fault(Http, status, text);

    /// <summary>Who gives an order, from where, why, and the id that makes it one order.</summary>
    public Order Order() => new(
        Asker.Name, RemoteAddress.Of(Http).ToString(), Why(), RequestId());

    /// <summary>A verb on the target.</summary>
    public async Task Carry(string verb)
    {
        if (Target.Length > 0 && !await HasTarget()) return;
        await Reply(await Desk.Carry(verb, Target, Order()));
    }

    public Task Reply(OrderAnswer answer, int done = StatusCodes.Status200OK)
    {
        var status = answer.Outcome switch
        {
            OrderOutcome.Done => done,
            OrderOutcome.Refused => StatusCodes.Status409Conflict,
            OrderOutcome.NotFound => StatusCodes.Status404NotFound,
            _ => StatusCodes.Status422UnprocessableEntity,
        };
        return answer.Outcome == OrderOutcome.Done
            ? Answer.Json(Http, new DoneBody(answer.Text), ApiJson.Default.DoneBody, status)
            : Fault(status, answer.Text);
    }

    /// <summary>A whole number from the query; null when it is not there.</summary>
    /// <exception cref="BadHttpRequestException">It is something else.</exception>
    public long? Whole(string name, long least, long most)
    {
        if (Http.Request.Query[name] is not { Count: > 0 } given) return null;
        return given is [{ } text]
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= least && value <= most
                ? value
                : throw new BadHttpRequestException(
                    $"{name} must be a whole number from {least} to {most}");
    }

    private string Why()
    {
        var why = Http.Request.Headers[WhyHeader] is [{ } header]
            ? header
            : Http.Request.Query["why"].ToString();
        return string.Concat(why.Where(letter => !char.IsControl(letter)).Take(LongestWhy));
    }

    private string RequestId() => Http.Request.Headers[RequestHeader] switch
    {
        [] => Guid.NewGuid().ToString("N"),
        [{ } id] when IdPattern().IsMatch(id) => id,
        _ => throw new BadHttpRequestException(
            $"{RequestHeader} must be one of 1 to 64 letters, digits, '.', '_', '-'"),
    };

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex IdPattern();
}
