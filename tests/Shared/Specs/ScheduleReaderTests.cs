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
            new SwitchSchema("redraw", "Other data.",
            [
                new("mode", SettingKind.Text, new SettingValue.Text("learn"), "",
                    Choices: ["learn", "none"]),
                new("clear", SettingKind.Flag, new SettingValue.Flag(true), ""),
            ]),
        ],
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
    [InlineData("schedule: []", "3:11: schedule is a list; expected a list such as")]
    [InlineData("schedule: 3", "3:11: schedule is 3; expected a list")]
    [InlineData("steps: 5\nschedule: [{phase: a, steps: 2}]",
        "3:1: steps and schedule are both given")]
    [InlineData("schedule: [{switch: redraw, steps: 2}]",
        "3:13: unknown key 'switch' in schedule[0]")]
    [InlineData("schedule: [{phase: a, steps: 0}]", "3:30: schedule[0].steps is 0")]
    [InlineData("schedule: [{phase: a}]", "3:12: the key 'steps' is missing in schedule[0]")]
    [InlineData("schedule: [{phase: a, steps: 1}, {steps: 2}]", "the key 'switch' is missing")]
    [InlineData("schedule: [{phase: a, steps: 1}, {switch: redrew, steps: 2}]",
        "unknown switch 'redrew'; expected one of redraw; did you mean 'redraw'?")]
    [InlineData("schedule: [{phase: a, steps: 1}, {switch: redraw, steps: 2, mode: freeze}]",
        "schedule[1].mode is the text 'freeze'; expected one of learn, none")]
    [InlineData("schedule: [{phase: a, steps: 1}, {switch: redraw, steps: 2, mood: 1}]",
        "unknown key 'mood' in schedule[1]; expected one of phase, switch, steps, mode")]
    public void A_bad_schedule_is_refused_with_place_and_remedy(string yaml, string error) =>
        string.Join('\n', Read(yaml).Errors).ShouldContain(error);

    [Fact]
    public void A_family_without_switches_says_so() =>
        SampleFamily.Errors("""
            name: x
            model: dam
            schedule: [{phase: a, steps: 1}, {switch: redraw, steps: 2}]
            """).ShouldContain("expected no switch: dam has none");

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
    [InlineData("schedules: []", "schedules is a list; expected a list of schedules")]
    [InlineData("schedules: [[{phase: a, steps: 1}], [{phase: a, steps: 2}]]",
        "schedules[1] has 2 steps; expected as many as the first schedule: 1")]
    [InlineData("schedules: [[{phase: a, steps: 1}], [{phase: a, steps: 1}]]",
        "schedules[1] is here a second time; give each schedule once")]
    [InlineData("schedules: [[{phase: a, steps: 1}]]\nsteps: 4",
        "steps and schedules are both given; remove steps")]
    [InlineData("schedules: [[{phase: a, steps: 1}]]\nschedule: [{phase: a, steps: 1}]",
        "schedule and schedules are both given")]
    public void Bad_schedules_are_refused_with_a_remedy(string yaml, string error) =>
        string.Join('\n', Read(yaml).Errors).ShouldContain(error);
}
