using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Mneme.Coordinator.Experiments;
using Mneme.Plans;
using Mneme.Specs;

namespace Mneme.Coordinator.Export;

/// <summary>What made the results: program, machine class, seeds, the hash of every file, and the
/// chain of the segments that were committed.</summary>
internal static class Manifest
{
    public const string FileName = "manifest.json";
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary>Equal for equal spec and equal numbers, however they were computed.</summary>
    public static string IdentityOf(ExperimentResults results)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(SpecIdentity.Sha256(results.Spec)));
        foreach (var trial in results.Trials) hash.AppendData(Encoding.UTF8.GetBytes(trial.Chain));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The identity that a published folder claims, or null.</summary>
    public static string? PublishedIdentity(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        try
        {
            using var manifest = JsonDocument.Parse(File.ReadAllBytes(path));
            return manifest.RootElement.GetProperty("identity").GetString();
        }
        catch (Exception error) when (error is JsonException
            or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    public static void Write(
        Stream stream, ExperimentResults results, ExperimentState state, string numerics,
        IReadOnlyDictionary<string, string> files)
    {
        using var json = new Utf8JsonWriter(stream, Indented);
        json.WriteStartObject();
        json.WriteNumber("format", 1);
        json.WriteString("name", results.Spec.Name);
        json.WriteString("model", results.Spec.Model);
        json.WriteString("identity", IdentityOf(results));
        json.WriteString("spec_sha256", SpecIdentity.Sha256(results.Spec));
        json.WriteString("program", Program());
        json.WriteString("runtime", Environment.Version.ToString());
        json.WriteString("numerics", numerics);
        json.WriteStartArray("seeds");
        foreach (var seed in results.Spec.Seeds) json.WriteNumberValue(seed);
        json.WriteEndArray();
        json.WriteNumber("trials", results.Trials.Length);
        json.WriteNumber("diverged", results.Trials.Count(trial => trial.DivergedAt is not null));
        WriteSegments(json, state);
        json.WriteStartObject("files");
        foreach (var (name, sha) in files) json.WriteString(name, sha);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // Each link hashes the one before it with the segment's key, its steps and its checkpoint.
    private static void WriteSegments(Utf8JsonWriter json, ExperimentState state)
    {
        var chain = new byte[SHA256.HashSizeInBytes];
        json.WriteStartArray("segments");
        foreach (var segment in state.Plan.Segments)
        {
            var done = state.Segments[segment.Index];
            chain = SHA256.HashData([.. chain, .. Encoding.UTF8.GetBytes(Link(segment, done))]);
            json.WriteStartObject();
            json.WriteString("key", segment.Key);
            json.WriteNumber("from_step", segment.FromStep);
            json.WriteNumber("to_step", segment.ToStep);
            json.WriteNumber("epoch", done.Epoch);
            json.WriteString("checkpoint", done.Checkpoint);
            json.WriteString("chain", Convert.ToHexStringLower(chain));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static string Link(PlannedSegment segment, SegmentState done) =>
        $"{segment.Key} {segment.FromStep} {segment.ToStep} {done.Checkpoint}";

    private static string Program() =>
        typeof(Manifest).Assembly
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion ?? "unknown";
}
