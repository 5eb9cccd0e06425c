using System.Collections.Immutable;
using Mneme.Specs.Yaml;

namespace Mneme.Specs;

/// <summary>Gives the phases of schedules their sets, and refuses what refers to nothing. Sets are
/// numbered through the experiment, so that schedules which begin alike train alike.</summary>
internal sealed class ScheduleResolver(
    SpecErrors errors, FamilySchema family, ImmutableArray<string>? declared)
{
    private const int Letters = 26;
    private readonly List<PhaseDraft> joint = [];
    private int most = 1;

    /// <summary>Of all sets: as declared, else A, B, C, ... in the order of their use.</summary>
    public ImmutableArray<string> Names =>
        declared ?? [.. Enumerable.Range(0, most).Select(Letter)];

    public ScheduleSpec Resolve(IReadOnlyList<PhaseDraft> drafts)
    {
        var seen = new List<int>();
        var saves = new List<string>();
        var phases = ImmutableArray.CreateBuilder<PhaseSpec>();
        foreach (var draft in drafts)
        {
            CheckSaved(draft, saves);
            if (draft.Save is { } save) saves.Add(save);
            var present = phases.Count == 0 ? PhaseStart.Apart : phases[^1].Set;
            var set = SetOf(draft, seen, present);
            if (set >= 0 && !seen.Contains(set)) seen.Add(set);
            if (set == PhaseStart.Joint)
                seen.AddRange(Enumerable.Range(0, declared?.Length ?? 0).Except(seen));
            most = Math.Max(most, set + 1);
            phases.Add(new PhaseSpec(
                draft.Name, draft.Steps, new PhaseStart(set, draft.Switch, draft.Save)));
        }
        if (declared is null && phases.Count > 1) RefuseUndeclared(drafts);
        return new ScheduleSpec(phases.ToImmutable());
    }

    /// <summary>After the last schedule: phases of all sets need some to train.</summary>
    public void CheckJoint()
    {
        foreach (var draft in Names.Length > 1 ? [] : joint)
            Refuse(draft, draft.Set!.At, $"{draft.Path} trains all sets together, and there is one",
                remedy: "declare them, such as sets: [A, B], or train more in another schedule");
    }

    private int SetOf(PhaseDraft draft, List<int> seen, int present) =>
        draft.Kind?.Set switch
        {
            _ when draft.Set?.Text == PhaseStart.JointName => Joint(draft, seen),
            SetUse.Apart => PhaseStart.Apart,
            SetUse.Earlier => Earlier(draft, seen),
            SetUse.Keep when draft.Set is not null => Earlier(draft, seen),
            SetUse.Keep when seen.Count == 0 => Fresh(draft, seen),
            SetUse.Keep => Kept(draft, seen, present),
            _ => Fresh(draft, seen),
        };

    private int Joint(PhaseDraft draft, List<int> seen)
    {
        if (!family.CanJoin)
            Refuse(draft, draft.Set!.At, $"{family.Name} trains one set at a time",
                remedy: "name one set");
        else if (draft.Kind is { Set: var use }
            && (use is not (SetUse.Earlier or SetUse.Keep) || seen.Count == 0))
            Refuse(draft, draft.Set!.At,
                $"all sets cannot follow the switch {draft.Kind.Kind} here",
                "set: all in a first phase without a switch, or where earlier sets come back");
        joint.Add(draft);
        return PhaseStart.Joint;
    }

    // Which sets the other phases of the schedule train would depend on the other schedules.
    private void RefuseUndeclared(IEnumerable<PhaseDraft> drafts)
    {
        foreach (var draft in drafts.Where(draft => draft.Set?.Text == PhaseStart.JointName))
            Refuse(draft, draft.Set!.At,
                $"{draft.Path} trains all sets beside other phases, and they are not declared",
                remedy: "declare them, such as sets: [A, B]");
    }

    private int Kept(PhaseDraft draft, List<int> seen, int present)
    {
        if (present != PhaseStart.Apart) return present;
        Refuse(draft, draft.At, $"{draft.Path} keeps the set of a switch that has its own",
            $"set: one of {Seen(seen)}");
        return seen[^1];
    }

    private int Earlier(PhaseDraft draft, List<int> seen)
    {
        if (draft.Set is not { } name)
            Refuse(draft, draft.At, $"{draft.Path} names no set", $"set: one of {Seen(seen)}");
        else if (seen.FindIndex(set => NameOf(set) == name.Text) is var i and >= 0) return seen[i];
        else
            Refuse(draft, name.At,
                $"the set {SpecErrors.Quote(name.Text)} was not trained before this phase",
                seen.Count == 0 ? "a phase that trains a set first" : $"one of {Seen(seen)}");
        return seen.Count == 0 ? 0 : seen[^1];
    }

    private int Fresh(PhaseDraft draft, List<int> seen)
    {
        var next = Enumerable.Range(0, seen.Count + 1).First(set => !seen.Contains(set));
        if (draft.Set is { } name) return Named(draft, name, seen) ?? next;
        if (declared is { Length: var count } && next >= count)
            Refuse(draft, draft.At, $"{draft.Path} needs a new set, and all {count} were trained",
                remedy: "declare one more under sets, or go back with switch: return");
        return next;
    }

    private int? Named(PhaseDraft draft, YamlScalar name, List<int> seen)
    {
        var set = declared?.IndexOf(name.Text)
            ?? Enumerable.Range(0, seen.Count + 1).ToList().FindIndex(i => Letter(i) == name.Text);
        if (set < 0)
            Refuse(draft, name.At, $"the set {SpecErrors.Quote(name.Text)} is not defined",
                declared is { } all ? $"one of {string.Join(", ", all)}" : null,
                "add it to the declared sets, such as sets: "
                + $"[{string.Join(", ", (declared ?? [.. seen.Select(NameOf)]).Add(name.Text))}]");
        else if (seen.Contains(set))
            Refuse(draft, name.At, $"the set {SpecErrors.Quote(name.Text)} was trained before",
                remedy: "switch: return goes back to it");
        else return set;
        return null;
    }

    private void CheckSaved(PhaseDraft draft, List<string> saves)
    {
        if (draft.Kind?.SavedIn is not { } key) return;
        var expected = saves.Count == 0 ? null : $"{key}: one of {string.Join(", ", saves)}";
        if (draft.Saved is not { } name)
            Refuse(draft, draft.At, $"the key '{key}' is missing in {draft.Path}", expected,
                saves.Count == 0 ? $"add save: NAME to an earlier switch, {key}: NAME here" : null);
        else if (!saves.Contains(name.Text))
            Refuse(draft, name.At,
                $"nothing was saved as {SpecErrors.Quote(name.Text)} before this switch", expected,
                $"add save: {(name.Text.Length == 0 ? "NAME" : name.Text)} to an earlier switch");
    }

    private void Refuse(
        PhaseDraft draft, YamlMark at, string message, string? expected = null,
        string? remedy = null) =>
        errors.Add(at, draft.Path, message, expected, remedy);

    private string Seen(List<int> seen) => string.Join(", ", seen.Select(NameOf));

    private string NameOf(int set) =>
        declared is { } names && set < names.Length ? names[set] : Letter(set);

    private static string Letter(int set) =>
        set < Letters ? ((char)('A' + set)).ToString() : $"S{set + 1}";
}
