using System.Collections.Immutable;
using Mneme.Coordinator.Measures;
using Mneme.Results;

namespace Mneme.Coordinator.Export;

/// <summary>What the pickle says of sets and switches. NaN where a figure is not defined, and
/// where a shorter schedule has no visit any more.</summary>
internal static class ContinualPickle
{
    public static void AddTo(PickleValue.Dict all, ContinualResults continual)
    {
        var (trials, sets) = (continual.Trials, continual.Results.Spec.Sets.Length);
        var visits = trials.Max(trial => trial.History.Visits.Length);
        all["conventions"] = Conventions(continual);
        all["visited"] = NamedArray.Of<long>("visited", [.. trials.SelectMany(trial =>
            Enumerable.Range(0, visits).Select(v => SetOf(trial, v)))], trials.Length, visits);
        all["R"] = Array("R", trials, [visits, sets], (trial, place) =>
            Accuracy(trial, place / sets, place % sets));
        all["b"] = Array("b", trials, [sets], (trial, set) => trial.History.Untrained(set));
        all["chance"] = Array("chance", trials, [sets], (trial, set) =>
            trial.History.RangeOf(set).Chance);
        all["ceiling"] = Array("ceiling", trials, [sets], (trial, set) =>
            trial.History.RangeOf(set).Ceiling);
        all["interference"] = Array("interference", trials, [visits - 1, sets], (trial, place) =>
            Accuracy(trial, place / sets + 1, place % sets)
            - Accuracy(trial, place / sets, place % sets));
        all["measures"] = Measures(trials);
        all["after_visit"] = AfterVisit(trials, visits);
        all["switches"] = Switches(continual, visits - 1);
        all["resources"] = Resources(trials, visits);
    }

    // What each visit took. Never a time of a clock: equal runs give equal bytes.
    private static PickleValue.Dict Resources(ImmutableArray<TrialMeasures> trials, int visits)
    {
        double At(TrialMeasures trial, int visit, Func<SetHistory, double> value) =>
            visit < trial.History.Visits.Length && trial.History.IsComplete(visit)
                ? value(trial.History)
                : double.NaN;
        var resources = new PickleValue.Dict
        {
            ["steps"] = Array("steps", trials, [visits], (trial, visit) =>
                At(trial, visit, history => history.Visits[visit].Phase.Length)),
        };
        foreach (var name in SetColumns.Resources)
            if (trials[0].History.Columns.Of(name) is not null)
                resources[name] = Array(name, trials, [visits], (trial, visit) =>
                    At(trial, visit, history => history.AtEnd(name, visit)));
        return resources;
    }

    // What the values depend on besides the points.
    private static PickleValue.Dict Conventions(ContinualResults continual) => new()
    {
        ["forgetting_max_rows"] = "from_learning",
        ["reference_level"] = "ceiling",
        ["smoothed_points"] = 3L,
        ["window_points"] = 10L,
        ["evaluation_interval"] = continual.Stride,
    };

    private static long SetOf(TrialMeasures trial, int visit) =>
        visit < trial.History.Visits.Length ? trial.History.Visits[visit].Set : -1;

    private static double Accuracy(TrialMeasures trial, int visit, int set) =>
        visit < trial.History.Visits.Length ? trial.History.AtEnd(visit, set) : double.NaN;

    private static PickleValue.Dict Measures(ImmutableArray<TrialMeasures> trials)
    {
        var measures = new PickleValue.Dict();
        foreach (var (place, name) in TrialFigures.Names.Index())
            measures[name] = Array(name, trials, [], (trial, _) => Number(trial.Values[place]));
        return measures;
    }

    private static PickleValue.Dict AfterVisit(ImmutableArray<TrialMeasures> trials, int visits)
    {
        PickleValue Of(string name, Func<VisitFigures, double?> value) =>
            Array(name, trials, [visits], (trial, visit) => visit < trial.AfterVisit.Length
                ? Number(value(trial.AfterVisit[visit]))
                : double.NaN);
        return new PickleValue.Dict
        {
            ["acc"] = Of("acc", visit => visit.Accuracy),
            ["forgetting_max"] = Of("forgetting_max", visit => visit.ForgettingMax),
            ["forgetting_first_last"] =
                Of("forgetting_first_last", visit => visit.ForgettingFirstLast),
        };
    }

    // A time that was not reached is NaN; its state tells why.
    private static PickleValue.Dict Switches(ContinualResults continual, int switches)
    {
        var (all, trials) = (new PickleValue.Dict(), continual.Trials);
        foreach (var (place, name) in SwitchNames.Values(continual.Stride).Index())
            all[name] = Array(name, trials, [switches], (trial, s) =>
                Number(Of(trial, s)?.Values[place]));
        foreach (var (place, name) in SwitchNames.Times.Index())
        {
            all[name] = Array(name, trials, [switches], (trial, s) =>
                Number(Of(trial, s)?.Times[place].At));
            all[$"{name}_state"] = new PickleValue.List(trials.Select(trial =>
                (PickleValue)new PickleValue.List(Enumerable.Range(0, switches).Select(s =>
                    (PickleValue)SwitchTable.StateOf(Of(trial, s)?.Times[place])))));
        }
        return all;
    }

    private static SwitchFigures? Of(TrialMeasures trial, int place) =>
        place < trial.Switches.Length ? trial.Switches[place] : null;

    private static double Number(double? value) => value ?? double.NaN;

    // [trial, ...shape], filled by trial and place within its share.
    private static NamedArray Array(
        string name, ImmutableArray<TrialMeasures> trials, long[] shape,
        Func<TrialMeasures, int, double> value)
    {
        var size = (int)shape.Aggregate(1L, (product, length) => product * length);
        var values = trials.SelectMany(trial =>
            Enumerable.Range(0, size).Select(place => value(trial, place)));
        return NamedArray.Of<double>(name, values.ToArray(), [trials.Length, .. shape]);
    }
}
