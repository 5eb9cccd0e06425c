using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Mneme.Web;

/// <summary>What every listener says in the same way.</summary>
public static class Answer
{
    public const string JsonType = "application/json; charset=utf-8";

    /// <summary>One sentence in JSON: <c>{"error":"..."}</c>.</summary>
    public static Task Fault(
        HttpContext context, int status, string text, TimeSpan? retryAfter = null)
    {
        if (context.Response.HasStarted) return Task.CompletedTask;
        if (status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = "Bearer";
        if (retryAfter is { } wait)
            context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))
                .ToString(CultureInfo.InvariantCulture);
        return Json(context, new FaultBody(text), WebJson.Default.FaultBody, status);
    }

    public static Task Json<T>(
        HttpContext context, T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        Bytes(context, JsonSerializer.SerializeToUtf8Bytes(value, type), status);

    public static Task Bytes(
        HttpContext context, byte[] json, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = JsonType;
        context.Response.ContentLength = json.Length;
        return context.Response.Body.WriteAsync(json, context.RequestAborted).AsTask();
    }
}

public sealed record FaultBody(string Error);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, MaxDepth = 64)]
[JsonSerializable(typeof(FaultBody))]
internal sealed partial class WebJson : JsonSerializerContext;
