using Mneme.Coordinator.Measures;
using Mneme.Results;
using Mneme.Specs;

namespace Mneme.Coordinator.Export;

/// <summary>A row for each trial and switch: as columns of the trials they would be hundreds, and
/// as many as the longest schedule has switches.</summary>
internal static class SwitchTable
{
    public const string FileName = "switches.csv";

    public static void Write(ContinualResults continual, TextWriter output)
    {
        var csv = new CsvWriter(output);
        string[] headers =
        [
            "trial", "configuration", "schedule", "seed", "switch", "step", "phase", "old_set",
            "new_set", "phase_steps", .. SwitchNames.Values(continual.Stride),
            .. SwitchNames.Times.SelectMany(time => new[] { time, $"{time}_state" }),
        ];
        foreach (var header in headers) csv.Field(header);
        csv.EndRow();
        foreach (var (trial, measures) in continual.Results.Trials.Zip(continual.Trials))
            for (var place = 0; place < measures.Switches.Length; place++)
                WriteRow(continual, trial, measures, place, csv);
    }

    private static void WriteRow(
        ContinualResults continual, TrialResult trial, TrialMeasures measures, int place,
        CsvWriter csv)
    {
        var (old, fresh) = (measures.History.Visits[place], measures.History.Visits[place + 1]);
        csv.Field(trial.Trial.Ordinal).Field(trial.Trial.Configuration)
            .Field(trial.Trial.Schedule).Field(trial.Trial.Seed).Field(place + 1)
            .Field(fresh.Phase.Start)
            .Field(continual.ScheduleOf(trial).Phases[place + 1].Name)
            .Field(NameOf(measures, old)).Field(NameOf(measures, fresh)).Field(fresh.Phase.Length);
        var figures = measures.Switches[place];
        for (var v = 0; v < SwitchNames.Values(continual.Stride).Length; v++)
            csv.Optional(figures?.Values[v]);
        for (var t = 0; t < SwitchNames.Times.Length; t++) WriteTime(csv, figures?.Times[t]);
        csv.EndRow();
    }

    // Data that belong to a phase alone have no name.
    private static string NameOf(TrialMeasures measures, Visit visit) =>
        visit.IsJoint ? PhaseStart.JointName
        : visit.Set < 0 ? "" : measures.History.Columns.Sets[visit.Set];

    private static void WriteTime(CsvWriter csv, EventTime? time) =>
        csv.Optional(time?.At).Field(StateOf(time));

    /// <summary>Empty where there is no figure at all.</summary>
    public static string StateOf(EventTime? time) => time?.Kind switch
    {
        null => "",
        EventTimeKind.Reached => "reached",
        EventTimeKind.Censored => "censored",
        _ => "not applicable",
    };
}
