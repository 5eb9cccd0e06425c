using System.Text;
using Mneme.Specs;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Specs;

public sealed class ScheduleReaderTests
{
    private static readonly FamilySchema Family = SampleFamily.Schema with
    {
        Name = "switching",
        Switches =
        [
            new SwitchSchema("redraw", "Other data.", SetUse.Fresh,
            [
                new("mode", SettingKind.Text, new SettingValue.Text("learn"), "",
                    Choices: ["learn", "none"]),
                new("clear", SettingKind.Flag, new SettingValue.Flag(true), ""),
            ]),
            new SwitchSchema("return", "Earlier data.", SetUse.Earlier, []),
            new SwitchSchema("freeze", "A part stays.", SetUse.Keep,
            [
                new("parts", SettingKind.Texts, new SettingValue.Texts([]), "",
                    Choices: ["attention", "head"]),
            ]),
            new SwitchSchema("swap", "Kept parts come back.", SetUse.Keep,
                [new("saved", SettingKind.Text, new SettingValue.Text(""), "")])
            {
                SavedIn = "saved",
            },
            new SwitchSchema("probe", "Data of its own.", SetUse.Apart, []),
        ],
        CanSave = true,
    };

    private const string Head = "name: x\nmodel: switching\n";

    [Fact]
    public void Phases_and_switches_are_read_with_their_defaults()
    {
        var spec = Read("""
            schedule:
              - {phase: first, steps: 500}
              - {switch: redraw, steps: 300, mode: none}
            """).Spec.ShouldNotBeNull();

        spec.Steps.ShouldBe(800);
        var phases = spec.Schedules.ShouldHaveSingleItem().Phases;
        phases.Select(p => (p.Name, p.Steps)).ShouldBe([("first", 500), ("redraw", 300)]);
        phases[0].Switch.ShouldBeNull();
        phases[1].Switch!.Settings.Select(s => s.Value.ToString()).ShouldBe(["none", "true"]);
    }

    [Fact]
    public void A_schedule_survives_writing_and_reading()
    {
        var spec = Read("""
            schedule:
              - {phase: A, steps: 5}
              - {phase: B, switch: redraw, steps: 3, clear: false}
            """).Spec.ShouldNotBeNull();
        var again = Parse(SpecWriter.Write(spec)).Spec.ShouldNotBeNull();

        again.ShouldBe(spec);
        SpecIdentity.Sha256(again).ShouldBe(SpecIdentity.Sha256(spec));
        SpecDifference.Between(spec, spec with { Schedules = default })[^1]
            .ShouldStartWith("schedules[0][1]: phase:");
    }

    [Theory]
    [InlineData("schedule: []", "3:11: schedule is an empty list; expected a list such as")]
    [InlineData("schedule: 3", "3:11: schedule is 3; expected a list")]
    [InlineData("steps: 5\nschedule: [{phase: a, steps: 2}]",
        "3:1: steps and schedule are both given")]
    [InlineData("sets: [A, A]\nschedule: [{phase: a, steps: 1}]",
        "3:7: sets is a list that names no sets; expected a list of different names")]
    [InlineData("sets: [A]\nschedule: [{steps: 1}, {switch: redraw, steps: 2}]",
        "4:24: schedule[1] needs a new set, and all 1 were trained; declare one more under sets")]
    [InlineData("sets: [A, B]\nschedule: [{steps: 1}, {switch: redraw, set: C, steps: 2}]",
        "the set 'C' is not defined; expected one of A, B; add it to the declared sets")]
    [InlineData("schedule: [{steps: 1}, {switch: redraw, set: C, steps: 2}]",
        "the set 'C' is not defined; add it to the declared sets, such as sets: [A, C]")]
    [InlineData("sets: [wet, dry]\nschedule: [{steps: 1}, {switch: redraw, set: x, steps: 2}]",
        "the set 'x' is not defined; expected one of wet, dry; add it to the declared sets, such "
        + "as sets: [wet, dry, x]")]
    [InlineData("schedule: [{steps: 1}, {switch: redraw, set: A, steps: 2}]",
        "the set 'A' was trained before; switch: return goes back to it")]
    [InlineData("sets: [A, B]\nschedule: [{steps: 1}, {switch: redraw, set: A, steps: 2}]",
        "the set 'A' was trained before; switch: return goes back to it")]
    [InlineData("sets: [A, B]\nschedule: [{steps: 1}, {switch: return, set: B, steps: 2}]",
        "the set 'B' was not trained before this phase; expected one of A")]
    [InlineData("schedule: [{steps: 1}, {switch: return, steps: 2}]",
        "schedule[1] names no set; expected set: one of A")]
    [InlineData("schedule: [{steps: 1}, {switch: swap, saved: old, steps: 2}]",
        "nothing was saved as 'old' before this switch; add save: old to an earlier switch")]
    [InlineData("schedule: [{steps: 1}, {switch: swap, steps: 2}]",
        "the key 'saved' is missing in schedule[1]; add save: NAME to an earlier switch, saved: "
        + "NAME here")]
    [InlineData("schedule: [{steps: 1}, {swich: redraw, steps: 2}]",
        "unknown key 'swich' in schedule[1]; did you mean 'switch'?")]
    [InlineData("schedule: [[{steps: 1}], [{steps: 2}]]",
        "3:11: schedule is a list of lists; expected a list such as [{phase: NAME, steps: N}, "
        + "{switch: KIND, steps: N}]; several schedules belong under schedules")]
    [InlineData("schedule: [{steps: 1}, {switch: swap, save: old, saved: odd, steps: 2}, "
        + "{switch: swap, saved: odd, steps: 1}]",
        "nothing was saved as 'odd' before this switch; expected saved: one of old")]
    [InlineData("schedule: [{steps: 1}, {switch: freeze, parts: [attentoin], steps: 2}]",
        "schedule[1].parts is the text 'attentoin'; expected a list of attention, head; did you")]
    [InlineData("schedule: [{steps: 1}, {switch: probe, steps: 2}, {switch: freeze, steps: 1}]",
        "schedule[2] keeps the set of a switch that has its own; expected set: one of A")]
    [InlineData("schedule: [{steps: 1}, {switch: probe, set: A, steps: 2}]",
        "unknown key 'set' in schedule[1]")]
    [InlineData("schedule: [{repeat: 0, phases: [{steps: 1}]}]", "schedule[0].repeat is 0")]
    [InlineData("schedule: [{repeat: 2}]", "the key 'phases' is missing in schedule[0]")]
    [InlineData(
        "schedule: [{steps: 1}, {repeat: 1000, phases: [{switch: redraw, steps: 1}]}]",
        "schedule has 1001 phases; expected at most 1000")]
    [InlineData("measure_at: [0]\nsteps: 5", "3:14: measure_at is 0; expected a whole number")]
    [InlineData("measure_at: [9]\nsteps: 5",
        "measure_at is 9; expected a whole number from 1 to 5")]
    [InlineData("schedule: [{phase: a, steps: 0}]", "3:30: schedule[0].steps is 0")]
    [InlineData("schedule: [{phase: a}]", "3:12: the key 'steps' is missing in schedule[0]")]
    [InlineData("schedule: [{phase: a, steps: 1}, {steps: 2}]", "the key 'switch' is missing")]
    [InlineData("schedule: [{phase: a, steps: 1}, {switch: redrew, steps: 2}]",
        "unknown switch 'redrew'; expected one of redraw, return, freeze, swap, probe; "
        + "did you mean 'redraw'?")]
    [InlineData("schedule: [{phase: a, steps: 1}, {switch: redraw, steps: 2, mode: freeze}]",
        "schedule[1].mode is the text 'freeze'; expected one of learn, none")]
    [InlineData("schedule: [{phase: a, steps: 1}, {switch: redraw, steps: 2, mood: 1}]",
        "unknown key 'mood' in schedule[1]; expected one of phase, switch, steps, set, save, mode")]
    public void A_bad_schedule_is_refused_with_place_and_remedy(string yaml, string error) =>
        string.Join('\n', Read(yaml).Errors).ShouldContain(error);

    [Fact]
    public void A_family_without_switches_says_so() =>
        SampleFamily.Errors("""
            name: x
            model: dam
            schedule: [{phase: a, steps: 1}, {switch: redraw, steps: 2}]
            """).ShouldContain("expected no switch: dam has none");

    [Fact]
    public void Sets_are_numbered_through_the_schedule_and_can_come_back()
    {
        var spec = Read("""
            measure_at: [7, 3, 7]
            schedule:
              - {steps: 5}
              - {switch: redraw, save: before, steps: 3}
              - {switch: return, set: A, steps: 4}
              - {switch: freeze, parts: [head], steps: 1}
              - {switch: probe, steps: 2}
              - {switch: swap, saved: before, set: B, steps: 1}
            """).Spec.ShouldNotBeNull();

        spec.Sets.ShouldBe(["A", "B"]);
        spec.MeasureAt.ShouldBe([3, 7]);
        spec.Saves.ShouldBe(["before"]);
        spec.Borders.ShouldBe([0, 5, 8, 12, 13, 15, 16]);
        spec.Schedules[0].Phases.Select(phase => phase.Set)
            .ShouldBe([0, 1, 0, 0, PhaseStart.Apart, 1]);
        spec.Schedules[0].Phases[1].Start.Save.ShouldBe("before");
        Parse(SpecWriter.Write(spec)).Spec.ShouldBe(spec);
    }

    [Fact]
    public void A_repeat_writes_its_phases_again()
    {
        var spec = Read("""
            sets: [A, B]
            schedule:
              - {phase: A, steps: 5}
              - {phase: B, switch: redraw, steps: 5}
              - repeat: 2
                phases:
                  - {phase: A again, switch: return, set: A, steps: 2}
                  - {phase: B again, switch: return, set: B, steps: 2}
            """).Spec.ShouldNotBeNull();

        spec.Schedules[0].Phases.Select(phase => (phase.Name, phase.Set)).ShouldBe(
        [
            ("A", 0), ("B", 1), ("A again", 0), ("B again", 1), ("A again 2", 0),
            ("B again 2", 1),
        ]);
        Parse(SpecWriter.Write(spec)).Spec.ShouldBe(spec);
    }

    [Fact]
    public void All_orders_of_four_sets_are_twenty_four_schedules()
    {
        var spec = Read("schedules: {orders_of: [A, B, C, D], switch: redraw, steps: 5}")
            .Spec.ShouldNotBeNull();

        spec.Sets.ShouldBe(["A", "B", "C", "D"]);
        spec.Schedules.Length.ShouldBe(24);
        spec.Schedules.Distinct().Count().ShouldBe(24);
        spec.Schedules[23].Name.ShouldBe("D > C > B > A");
        spec.Schedules[23].Phases.Select(phase => phase.Set).ShouldBe([3, 2, 1, 0]);
        Parse(SpecWriter.Write(spec)).Spec.ShouldBe(spec);
    }

    [Theory]
    [InlineData("schedules: {orders_of: [A], switch: redraw, steps: 5}",
        "orders_of: a list of 2 to 6 different sets")]
    [InlineData("schedules: {orders_of: [A, A], switch: redraw, steps: 5}", "different sets")]
    [InlineData("sets: [A, B]\nschedules: {orders_of: [A, X], switch: redraw, steps: 5}",
        "the set 'X' is not defined; expected one of A, B")]
    [InlineData("schedules: {orders_of: [A, B], switch: redraw, steps: 5, mood: 3}",
        "unknown key 'mood'")]
    public void Orders_that_make_no_sense_are_refused(string yaml, string error) =>
        string.Join('\n', Read(yaml).Errors).ShouldContain(error);

    [Fact]
    public void Schedules_may_differ_in_length()
    {
        var spec = Read("""
            schedules:
              - [{phase: a, steps: 5}]
              - [{phase: a, steps: 5}, {switch: redraw, steps: 3}]
            """).Spec.ShouldNotBeNull();

        spec.Steps.ShouldBe(8);
        Parse(SpecWriter.Write(spec)).Spec.ShouldBe(spec);
    }

    [Theory]
    [InlineData(
        "schedule: [{steps: 1}, {repeat: 3, phases: [{switch: return, set: B, steps: 1}]}]")]
    [InlineData("schedules: {orders_of: [A, B, C], switch: redraw, steps: 0}")]
    [InlineData("schedules: [[3], [4]]", 2)]
    public void A_mistake_in_phases_that_are_read_several_times_is_told_once(
        string yaml, int errors = 1) => Read(yaml).Errors.Length.ShouldBe(errors);

    [Fact]
    public void Schedules_whose_phases_have_equal_names_are_told_apart_by_their_numbers()
    {
        var spec = Read("""
            schedules:
              - [{phase: a, steps: 5}, {phase: b, switch: redraw, steps: 3}]
              - [{phase: a, steps: 5}, {phase: c, switch: redraw, steps: 3}]
              - [{phase: a, steps: 5}, {phase: b, switch: redraw, steps: 4}]
            """).Spec.ShouldNotBeNull();

        spec.ScheduleNames.ShouldBe(["a > b (schedule 0)", "a > c", "a > b (schedule 2)"]);
    }

    private static SpecReading Read(string yaml) => Parse(Head + yaml);

    private static SpecReading Parse(string yaml) =>
        SpecReader.Parse("x.yaml", Encoding.UTF8.GetBytes(yaml), [Family]);

    [Fact]
    public void Several_schedules_are_read_and_written()
    {
        var spec = Read("""
            schedules:
              - [{phase: a, steps: 5}, {switch: redraw, steps: 3}]
              - [{phase: a, steps: 5}, {phase: other, switch: redraw, steps: 3, mode: none}]
            """).Spec.ShouldNotBeNull();

        spec.Schedules.Select(s => s.Name).ShouldBe(["a > redraw", "a > other"]);
        Parse(SpecWriter.Write(spec)).Spec.ShouldBe(spec);
    }

    [Theory]
    [InlineData("schedules: []", "schedules is an empty list; expected a list of schedules")]
    [InlineData("schedules: [{phase: a, steps: 1}, {switch: redraw, steps: 1}]",
        "3:12: schedules is a list of phases; expected a list of schedules")]
    [InlineData("schedules: [[{phase: a, steps: 1}], [{phase: a, steps: 1}]]",
        "schedules[1] is here a second time; give each schedule once")]
    [InlineData("schedules: [[{phase: a, steps: 1}]]\nsteps: 4",
        "steps and schedules are both given; remove steps")]
    [InlineData("schedules: [[{phase: a, steps: 1}]]\nschedule: [{phase: a, steps: 1}]",
        "schedule and schedules are both given")]
    public void Bad_schedules_are_refused_with_a_remedy(string yaml, string error) =>
        string.Join('\n', Read(yaml).Errors).ShouldContain(error);
}
