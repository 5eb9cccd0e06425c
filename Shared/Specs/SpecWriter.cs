using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Mneme.Specs;

/// <summary>Writes a spec as resolved: every default spelt out, equal specs as equal text, and
/// <see cref="SpecReader"/> reads it back to an equal spec.</summary>
public static partial class SpecWriter
{
    public static string Write(ExperimentSpec spec)
    {
        var yaml = new StringBuilder();
        yaml.Append(CultureInfo.InvariantCulture, $"name: {Text(spec.Name)}\n");
        yaml.Append(CultureInfo.InvariantCulture, $"model: {Text(spec.Model)}\n");
        if (!spec.HasSwitches)
            yaml.Append(CultureInfo.InvariantCulture, $"steps: {spec.Steps}\n");
        yaml.Append(CultureInfo.InvariantCulture, $"measure_every: {spec.MeasureEvery}\n");
        if (!spec.MeasureAt.IsEmpty)
            yaml.Append(CultureInfo.InvariantCulture,
                $"measure_at: [{string.Join(", ", spec.MeasureAt)}]\n");
        yaml.Append(CultureInfo.InvariantCulture, $"seeds: {Seeds(spec)}\n");
        WriteSettings(yaml, spec);
        if (spec.HasSwitches) WriteSchedules(yaml, spec);
        if (spec.Search is { } search) WriteSearch(yaml, search);
        var (device, slots) = spec.Resources;
        yaml.Append(
            CultureInfo.InvariantCulture, $"resources: {{device: {device}, slots: {slots}}}\n");
        return yaml.ToString();
    }

    /// <summary>A setting's value as YAML.</summary>
    internal static string Value(SettingValue value) => value switch
    {
        SettingValue.Text text => Text(text.Value),
        SettingValue.Texts texts => $"[{string.Join(", ", texts.Values.Select(Text))}]",
        _ => value.ToString(),
    };

    internal static string Domain(SearchDomain domain) => domain switch
    {
        SearchDomain.Values { Choices: var choices } =>
            $"{{values: [{string.Join(", ", choices.Select(Value))}]}}",
        SearchDomain.Range range => Range(range),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    internal static string Phase(PhaseSpec phase, ImmutableArray<string> sets)
    {
        List<string> parts = [$"phase: {Text(phase.Name)}"];
        if (phase.Start.Save is { } save) parts.Add($"save: {Text(save)}");
        if (phase.Switch is { } how) parts.Add($"switch: {Text(how.Kind)}");
        if (phase.Set == PhaseStart.Joint) parts.Add($"set: {PhaseStart.JointName}");
        else if (phase.Set != PhaseStart.Apart) parts.Add($"set: {Text(sets[phase.Set])}");
        parts.Add(string.Create(CultureInfo.InvariantCulture, $"steps: {phase.Steps}"));
        foreach (var (name, value) in phase.Switch?.Settings ?? [])
            parts.Add($"{Text(name)}: {Value(value)}");
        return string.Join(", ", parts);
    }

    /// <summary><c>8</c> for the seeds 0 to 7, else the list.</summary>
    internal static string Seeds(ExperimentSpec spec)
    {
        var counted = spec.Seeds.Select((seed, place) => seed == place).All(same => same);
        return counted && spec.Seeds.Length > 0
            ? spec.Seeds.Length.ToString(CultureInfo.InvariantCulture)
            : $"[{string.Join(", ", spec.Seeds)}]";
    }

    internal static string Method(SearchMethod method) => method switch
    {
        SearchMethod.Grid => "grid",
        SearchMethod.Random => "random",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static void WriteSchedules(StringBuilder yaml, ExperimentSpec spec)
    {
        yaml.Append(CultureInfo.InvariantCulture,
            $"sets: [{string.Join(", ", spec.Sets.Select(Text))}]\nschedules:\n");
        foreach (var schedule in spec.Schedules)
            foreach (var (phase, place) in schedule.Phases.Select((phase, i) => (phase, i)))
                yaml.Append(place == 0 ? "  - - " : "    - ").Append(
                    CultureInfo.InvariantCulture, $"{{{Phase(phase, spec.Sets)}}}\n");
    }

    private static void WriteSettings(StringBuilder yaml, ExperimentSpec spec)
    {
        if (spec.Settings.IsEmpty) return;
        yaml.Append("settings:\n");
        foreach (var (name, value) in spec.Settings)
            yaml.Append(CultureInfo.InvariantCulture, $"  {Text(name)}: {Value(value)}\n");
    }

    private static void WriteSearch(StringBuilder yaml, SearchSpec search)
    {
        yaml.Append(CultureInfo.InvariantCulture, $"search:\n  method: {Method(search.Method)}\n");
        if (search.Method == SearchMethod.Random)
            yaml.Append(CultureInfo.InvariantCulture,
                $"  trials: {search.Trials}\n  seed: {search.Seed}\n");
        yaml.Append("  parameters:\n");
        foreach (var (name, domain) in search.Parameters)
            yaml.Append(CultureInfo.InvariantCulture, $"    {Text(name)}: {Domain(domain)}\n");
    }

    private static string Range(SearchDomain.Range range)
    {
        var form = range.Logarithmic ? "log_uniform" : "uniform";
        var low = range.Low.ToString("R", CultureInfo.InvariantCulture);
        var high = range.High.ToString("R", CultureInfo.InvariantCulture);
        var points = range.Points is { } count ? $", points: {count}" : "";
        return $"{{{form}: [{low}, {high}]{points}}}";
    }

    // A word that no reader can take for anything else stands as it is.
    private static string Text(string text) =>
        PlainWord().IsMatch(text)
            && text.ToLowerInvariant() is not ("null" or "true" or "false")
            ? text
            : Quoted(text);

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
            quoted.Append(rune.Value switch
            {
                '"' or '\\' => $"\\{rune}",
                >= ' ' and <= '~' => rune.ToString(),
                _ => $"\\U{rune.Value:X8}",
            });
        return quoted.Append('"').ToString();
    }

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_-]*\z")]
    private static partial Regex PlainWord();
}
