using System.Text.Json;
using Mneme.Blobs;
using Mneme.Coordinator.Experiments;
using Mneme.Plans;
using Mneme.Results;

namespace Mneme.Coordinator.Export;

/// <summary>A folder per trial: its configuration, its points, and its own lane of the last
/// checkpoint.</summary>
internal static class TrialFolders
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    public static async Task Write(
        ResultFolder folder, ExperimentResults results, ExperimentState state, IBlobStore blobs)
    {
        foreach (var trial in results.Trials)
        {
            folder.Write(NameOf(trial, "config.json"),
                stream => WriteConfig(results, trial, stream));
            folder.WriteText(NameOf(trial, "metrics.csv"),
                text => ResultTables.WriteMetrics(results, trial, text));
        }
        var cache = new LastBlob(blobs);
        var last = state.Plan.Segments.Where(s => !state.Plan.ChildrenOf(s.Index).Any());
        foreach (var segment in last)
        {
            var checkpoint = await cache.Read(state.Segments[segment.Index].Checkpoint!);
            WriteLanes(folder, results, state, segment, checkpoint);
        }
    }

    private static string NameOf(TrialResult trial, string file) =>
        $"trials/{trial.Trial.Ordinal:D5}/{file}";

    private static void WriteConfig(ExperimentResults results, TrialResult trial, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, Indented);
        json.WriteStartObject();
        json.WriteString("experiment", results.Spec.Name);
        json.WriteString("model", results.Spec.Model);
        json.WriteNumber("trial", trial.Trial.Ordinal);
        json.WriteNumber("configuration", trial.Trial.Configuration);
        json.WriteString("schedule", results.Spec.Schedules[trial.Trial.Schedule].Name);
        json.WriteNumber("seed", trial.Trial.Seed);
        json.WriteNumber("steps", results.Spec.Steps);
        json.WriteStartObject("settings");
        foreach (var setting in trial.Trial.Settings)
        {
            json.WritePropertyName(setting.Name);
            JsonSerializer.Serialize(json, setting.Value);
        }
        json.WriteEndObject();
        json.WriteString("status", trial.Status);
        if (trial.DivergedAt is { } step) json.WriteNumber("diverged_at", step);
        json.WriteString("chain", trial.Chain);
        json.WriteEndObject();
    }

    private static void WriteLanes(
        ResultFolder folder, ExperimentResults results, ExperimentState state,
        PlannedSegment segment, SafetensorsFile checkpoint)
    {
        var lanes = state.Plan.LanesOf(segment);
        for (var k = 0; k < lanes.Length; k++)
        {
            var lane = checkpoint.Arrays.Select(array => array.Lane(k)).ToList();
            var trial = results.Trials[state.Plan.Paths[lanes[k]].Trial];
            folder.Write(NameOf(trial, "checkpoint.safetensors"),
                stream => Safetensors.Write(stream, lane, checkpoint.Metadata));
        }
    }

    // Cohorts without a state of their own share one checkpoint: read it once.
    private sealed class LastBlob(IBlobStore blobs)
    {
        private (string Sha, SafetensorsFile File)? last;

        public async Task<SafetensorsFile> Read(string sha)
        {
            if (last is not { } known || known.Sha != sha)
                last = (sha, Safetensors.Read(await blobs.Get(Sha.Parse(sha)), sha));
            return last.Value.File;
        }
    }
}
