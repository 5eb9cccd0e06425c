using System.Text.Json;
using System.Text.Json.Serialization;
using Mneme.Messages;

namespace Mneme.Coordinator.Api;

/// <summary>An order that was carried out, in words.</summary>
internal sealed record DoneBody(string Done);

internal sealed record SubmittedBody(string Name, string Done);

internal sealed record DescriptionBody(
    ExperimentSummary Summary, string Spec, string Numerics, QuarantinedSegment[] Quarantined);

internal sealed record JournalBody(JournalEvent[] Events);

internal sealed record JournalEvent(long Sequence, string Kind, JsonElement Payload);

/// <param name="Faults">None when all is well.</param>
internal sealed record VerifyBody(string[] Faults);

internal sealed record ResultsBody(ResultFile[] Files);

/// <param name="Path">With slashes, below the experiment's folder.</param>
internal sealed record ResultFile(string Path, long Bytes, string Sha256);

/// <param name="Days">How long it is good for.</param>
internal sealed record NewTokenBody(string Name, string Role, string? Scope, int? Days);

/// <param name="Token">Shown this once; it is stored nowhere.</param>
internal sealed record CreatedTokenBody(
    string Name, string Role, string? Scope, DateTimeOffset Expires, string Token);

/// <param name="State">good, expired or revoked.</param>
internal sealed record TokenBody(
    string Name, string Role, string? Scope, DateTimeOffset Expires, string State);

internal sealed record CommandBody(
    string Command, string Method, string Path, string[] Arguments, string[] Roles);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    MaxDepth = 64)]
[JsonSerializable(typeof(DoneBody))]
[JsonSerializable(typeof(SubmittedBody))]
[JsonSerializable(typeof(ExperimentSummary[]))]
[JsonSerializable(typeof(DescriptionBody))]
[JsonSerializable(typeof(JournalBody))]
[JsonSerializable(typeof(VerifyBody))]
[JsonSerializable(typeof(ResultsBody))]
[JsonSerializable(typeof(CreatedTokenBody))]
[JsonSerializable(typeof(TokenBody[]))]
[JsonSerializable(typeof(CommandBody[]))]
internal sealed partial class ApiJson : JsonSerializerContext;

/// <summary>What others send may leave out what may be null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, AllowDuplicateProperties = false, MaxDepth = 64)]
[JsonSerializable(typeof(NewTokenBody))]
internal sealed partial class ApiRequestJson : JsonSerializerContext;
