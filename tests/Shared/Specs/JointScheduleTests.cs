using System.Text;
using Mneme.Specs;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Specs;

/// <summary>Phases that train all sets together: <c>set: all</c>.</summary>
public sealed class JointScheduleTests
{
    private static readonly FamilySchema Family = SampleFamily.Schema with
    {
        Name = "switching",
        Switches =
        [
            new SwitchSchema("redraw", "Other data.", SetUse.Fresh, []),
            new SwitchSchema("return", "Earlier data.", SetUse.Earlier, []),
            new SwitchSchema("freeze", "A part stays.", SetUse.Keep, []),
        ],
        CanJoin = true,
    };

    [Fact]
    public void All_sets_are_trained_together_in_a_schedule_of_their_own()
    {
        var spec = Read("""
            schedules:
              - [{phase: a, steps: 5}, {switch: redraw, steps: 3}]
              - [{phase: joint, set: all, steps: 8}]
            """).Spec.ShouldNotBeNull();

        spec.Sets.ShouldBe(["A", "B"]);
        spec.Schedules.Select(schedule => schedule.IsJoint).ShouldBe([false, true]);
        spec.Schedules[1].Phases.ShouldHaveSingleItem().Set.ShouldBe(PhaseStart.Joint);
        Parse(SpecWriter.Write(spec)).Spec.ShouldBe(spec);
    }

    [Fact]
    public void Declared_sets_need_no_other_schedule()
    {
        var spec = Read("sets: [wet, dry]\nschedule: [{phase: joint, set: all, steps: 8}]")
            .Spec.ShouldNotBeNull();

        spec.Sets.ShouldBe(["wet", "dry"]);
        spec.HasSwitches.ShouldBeTrue();
        Parse(SpecWriter.Write(spec)).Spec.ShouldBe(spec);
    }

    [Fact]
    public void All_sets_may_come_back_and_single_ones_after_them()
    {
        var spec = Read("""
            sets: [A, B, C]
            schedule:
              - {steps: 1}
              - {switch: return, set: all, steps: 1}
              - {switch: freeze, steps: 1}
              - {switch: return, set: C, steps: 1}
            """).Spec.ShouldNotBeNull();

        spec.Schedules[0].Phases.Select(phase => phase.Set)
            .ShouldBe([0, PhaseStart.Joint, PhaseStart.Joint, 2]);
        spec.Schedules[0].IsJoint.ShouldBeFalse();
        Parse(SpecWriter.Write(spec)).Spec.ShouldBe(spec);
    }

    [Theory]
    [InlineData("schedule: [{set: all, steps: 1}]",
        "3:18: schedule[0] trains all sets together, and there is one; declare them, such as")]
    [InlineData("schedule: [{steps: 1}, {switch: redraw, steps: 1}, "
        + "{switch: return, set: all, steps: 1}]",
        "schedule[2] trains all sets beside other phases, and they are not declared; declare")]
    [InlineData("sets: [A, B]\nschedule: [{steps: 1}, {switch: redraw, set: all, steps: 1}]",
        "all sets cannot follow the switch redraw here; expected set: all in a first phase")]
    [InlineData("sets: [A, B]\nschedule: [{switch: return, set: all, steps: 1}]",
        "all sets cannot follow the switch return here")]
    [InlineData("sets: [A, B]\nschedule: [{set: all, steps: 1}, {switch: redraw, steps: 1}]",
        "schedule[1] needs a new set, and all 2 were trained")]
    [InlineData("sets: [A, all]\nsteps: 1", "none of them 'all', which stands for all sets")]
    [InlineData("schedules: {orders_of: [A, all], switch: redraw, steps: 5}",
        "orders_of: a list of 2 to 6 different sets")]
    public void What_makes_no_sense_is_refused_with_place_and_remedy(string yaml, string error) =>
        string.Join('\n', Read(yaml).Errors).ShouldContain(error);

    [Fact]
    public void A_family_that_trains_one_set_at_a_time_says_so() =>
        string.Join('\n', SpecReader.Parse("x.yaml", Encoding.UTF8.GetBytes(
            "name: x\nmodel: switching\nsets: [A, B]\nschedule: [{set: all, steps: 1}]"),
            [Family with { CanJoin = false }]).Errors)
            .ShouldContain("switching trains one set at a time; name one set");

    private static SpecReading Read(string yaml) => Parse("name: x\nmodel: switching\n" + yaml);

    private static SpecReading Parse(string yaml) =>
        SpecReader.Parse("x.yaml", Encoding.UTF8.GetBytes(yaml), [Family]);
}
