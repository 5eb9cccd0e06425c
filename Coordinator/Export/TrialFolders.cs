using System.Text.Json;
using Mneme.Blobs;
using Mneme.Coordinator.Experiments;
using Mneme.Coordinator.Export.SeedLayout;
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
        var reader = new TrialReader(results, state, blobs);
        foreach (var (trial, segment, k) in reader.InOrder())
        {
            var checkpoint = await reader.Checkpoint(segment);
            var lane = checkpoint.Arrays.Select(array => array.Lane(k)).ToList();
            folder.Write(NameOf(trial, "checkpoint.safetensors"),
                stream => Safetensors.Write(stream, lane, checkpoint.Metadata));
            if (SeedFiles.Know(results.Spec))
                WriteSeedFiles(folder, await reader.Read(trial, segment, k));
        }
    }

    // As a folder of a published run holds them: named after the folder.
    private static void WriteSeedFiles(ResultFolder folder, SeedTrial trial) => SeedFiles.Write(
        trial, $"{trial.Result.Trial.Ordinal:D5}", new SeedOptions(),
        (file, write) => folder.Write(NameOf(trial.Result, file), write));

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
        json.WriteString("schedule", results.ScheduleNames[trial.Trial.Schedule]);
        json.WriteNumber("seed", trial.Trial.Seed);
        json.WriteNumber("steps", results.Spec.Schedules[trial.Trial.Schedule].Steps);
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
}
