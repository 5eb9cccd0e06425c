using System.Collections.Immutable;
using Mneme.Coordinator.Measures;
using Mneme.Coordinator.Reports;
using Mneme.Results;

namespace Mneme.Coordinator.Export;

/// <summary>Every measure over the seeds of a configuration and schedule: means with 95 %
/// intervals by t, and for times medians with quartiles, of which a censored one is above all
/// others. n lanes count; the others failed, or the measure is not defined for them.</summary>
internal static class SummaryTable
{
    public const string FileName = "summary.csv";

    private static readonly string[] Headers =
    [
        "configuration", "schedule", "switch", "measure", "n", "failed", "undefined", "mean", "sd",
        "lower_95", "upper_95", "reached", "censored", "not_applicable", "share_reached",
        "quartile_1", "median", "quartile_3",
    ];

    public static void Write(ContinualResults continual, TextWriter output)
    {
        var csv = new CsvWriter(output);
        foreach (var header in Headers) csv.Field(header);
        csv.EndRow();
        foreach (var (group, seeds) in continual.Groups().Zip(continual.Results.OverSeeds()))
        {
            WriteLastValues(continual.Results, group, seeds, csv);
            for (var f = 0; f < TrialFigures.Names.Length; f++)
                WriteValue(csv, group, 0, TrialFigures.Names[f],
                    [.. group.Seeds.Select(seed => seed.Values[f])],
                    group.Seeds.Count(seed => seed.IsFailed));
            for (var place = 0; place < group.Visits.Length - 1; place++)
                WriteSwitch(csv, group, place, continual.Stride);
        }
    }

    private static void WriteLastValues(
        ExperimentResults results, SeedGroup group, ImmutableArray<TrialResult> seeds,
        CsvWriter csv)
    {
        for (var m = 0; m < results.Family.Measures.Length; m++)
            WriteValue(csv, group, 0, results.Family.Measures[m],
                [.. seeds.Zip(group.Seeds, (trial, measures) =>
                    measures.IsFailed ? null : Defined.OrNull(trial.Last(m)))],
                group.Seeds.Count(seed => seed.IsFailed));
    }

    private static void WriteSwitch(CsvWriter csv, SeedGroup group, int place, long stride)
    {
        var (values, times) = (SwitchNames.Values(stride), SwitchNames.Times);
        var failed = group.Seeds.Count(seed => seed.Switches[place] is null);
        for (var v = 0; v < values.Length; v++)
            WriteValue(csv, group, place + 1, values[v],
                [.. group.Seeds.Select(seed => seed.Switches[place]?.Values[v])], failed);
        for (var t = 0; t < times.Length; t++)
            WriteTime(csv, group, place + 1, times[t], TimeSummary.Of(
                [.. group.Seeds.Select(seed => seed.Switches[place]?.Times[t])]));
    }

    private static void WriteValue(
        CsvWriter csv, SeedGroup group, int place, string measure,
        ImmutableArray<double?> bySeed, int failed)
    {
        var summary = SeedSummary.Of(bySeed);
        Begin(csv, group, place, measure)
            .Field(summary.Count).Field(failed).Field(bySeed.Length - summary.Count - failed)
            .Optional(summary.Mean).Optional(summary.Deviation)
            .Optional(summary.Interval?.Lower).Optional(summary.Interval?.Upper);
        for (var empty = 0; empty < 7; empty++) csv.Field("");
        csv.EndRow();
    }

    private static void WriteTime(
        CsvWriter csv, SeedGroup group, int place, string measure, TimeSummary summary) =>
        Begin(csv, group, place, measure)
            .Field(summary.Reached + summary.Censored).Field(summary.Failed)
            .Field(summary.NotApplicable).Optional(summary.MeanReached)
            .Field("").Field("").Field("")
            .Field(summary.Reached).Field(summary.Censored).Field(summary.NotApplicable)
            .Optional(summary.Share).Optional(summary.LowerQuartile).Optional(summary.Median)
            .Optional(summary.UpperQuartile).EndRow();

    // A measure of the whole trial belongs to no switch.
    private static CsvWriter Begin(CsvWriter csv, SeedGroup group, int place, string measure) => csv
        .Field(group.Configuration).Field(group.Schedule)
        .Field(place == 0 ? "" : $"{place}").Field(measure);
}
