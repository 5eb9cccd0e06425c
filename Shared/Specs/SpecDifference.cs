using System.Collections.Immutable;
using System.Globalization;

namespace Mneme.Specs;

/// <summary>What a reader sees of two specs: <c>steps: 5000 -> 6000</c>.</summary>
public static class SpecDifference
{
    private const string Absent = "(none)";

    /// <summary>One line for each value that differs, in the order of the file; none when the
    /// specs are equal.</summary>
    public static ImmutableArray<string> Between(ExperimentSpec before, ExperimentSpec after)
    {
        var (old, young) = (Lines(before), Lines(after));
        var (oldByKey, youngByKey) = (old.ToDictionary(), young.ToDictionary());
        return
        [
            .. old.Concat(young.Where(line => !oldByKey.ContainsKey(line.Key)))
                .Select(line => (line.Key,
                    Old: oldByKey.GetValueOrDefault(line.Key, Absent),
                    New: youngByKey.GetValueOrDefault(line.Key, Absent)))
                .Where(change => change.Old != change.New)
                .Select(change => $"{change.Key}: {change.Old} -> {change.New}"),
        ];
    }

    private static List<KeyValuePair<string, string>> Lines(ExperimentSpec spec)
    {
        var lines = new List<KeyValuePair<string, string>>();
        void Add(string key, string value) => lines.Add(new(key, value));
        Add("name", spec.Name);
        Add("model", spec.Model);
        Add("steps", spec.Steps.ToString(CultureInfo.InvariantCulture));
        Add("measure_every", spec.MeasureEvery.ToString(CultureInfo.InvariantCulture));
        if (!spec.MeasureAt.IsEmpty) Add("measure_at", string.Join(", ", spec.MeasureAt));
        Add("seeds", SpecWriter.Seeds(spec));
        foreach (var (name, value) in spec.Settings)
            Add($"settings.{name}", SpecWriter.Value(value));
        if (spec.HasSwitches) Add("sets", string.Join(", ", spec.Sets));
        if (spec.HasSwitches)
            foreach (var (schedule, i) in spec.Schedules.Select((schedule, i) => (schedule, i)))
                foreach (var (phase, p) in schedule.Phases.Select((phase, p) => (phase, p)))
                    Add($"schedules[{i}][{p}]", SpecWriter.Phase(phase, spec.Sets));
        if (spec.Search is { } search) AddSearch(search, Add);
        Add("resources.device", spec.Resources.Device);
        Add("resources.slots", spec.Resources.Slots.ToString(CultureInfo.InvariantCulture));
        return lines;
    }

    private static void AddSearch(SearchSpec search, Action<string, string> add)
    {
        add("search.method", SpecWriter.Method(search.Method));
        if (search.Method == SearchMethod.Random)
        {
            add("search.trials", search.Trials?.ToString(CultureInfo.InvariantCulture) ?? Absent);
            add("search.seed", search.Seed.ToString(CultureInfo.InvariantCulture));
        }
        foreach (var (name, domain) in search.Parameters)
            add($"search.parameters.{name}", SpecWriter.Domain(domain));
    }
}
