using Mneme.Specs;
using Mneme.Worker.Cohorts;

namespace Mneme.Worker.Experiments;

/// <summary>How much does a trial cost that computes nothing? The measure of everything around the
/// training.</summary>
public sealed class NoOp : ExperimentFamily
{
    public override FamilySchema Schema { get; } = new(
        "no-op",
        "How much does a trial cost that computes nothing?",
        DefaultSteps: 1,
        DefaultMeasureEvery: 1,
        Settings:
        [
            new("label", SettingKind.Integer, new SettingValue.Integer(0),
                "only told apart, never used"),
        ],
        Measures: ["label"],
        new Objective("label", Maximize: true));

    public override CohortModel Create(Lanes lanes) => new Idle(lanes);

    private sealed class Idle(Lanes lanes) : CohortModel(lanes)
    {
        public override void Step(long step) { }

        public override double[][] Measure(long steps, Evaluation what) =>
            Lanes.Each(lane => new[] { (double)lane.Integer("label") });
    }
}
