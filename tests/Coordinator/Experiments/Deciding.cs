using Mneme.Coordinator.Experiments;
using Mneme.Messages;

namespace Mneme.Tests.Coordinator.Experiments;

/// <summary>Two chains of two segments, and what is asked of them.</summary>
internal static class Deciding
{
    private static readonly IReadOnlySet<string> Live = new HashSet<string> { "alive", "other" };

    public static ExperimentState TwoChains() =>
        Samples.State(trials: 4, lanes: 2, steps: 20, segment: 10);

    public static ExperimentState Granted(string session = "alive") =>
        Apply(TwoChains(), Grant(TwoChains(), session, slots: 1));

    public static Decision Grant(
        ExperimentState state, string session, int slots, string numerics = "numerics") =>
        ExperimentDecisions.Decide(state, new ExperimentCommand.GrantSegments(
            session, numerics, slots, Live, _ => 7));

    public static Decision Commit(
        ExperimentState state, string session, int segment, long epoch, long from, long to,
        string checkpoint = "a", bool final = true) =>
        ExperimentDecisions.Decide(state, new ExperimentCommand.CommitSegment(
            session, Message(segment, epoch, from, to, checkpoint, final),
            Samples.Results(state, segment), Draining: false));

    public static Commit Message(
        int segment, long epoch, long from, long to, string checkpoint, bool final) =>
        new(new SegmentId("sample", segment), epoch, from, to, final, checkpoint, 1, [], null);

    public static Decision Return(ExperimentState state, int segment, long epoch, bool counted) =>
        ExperimentDecisions.Decide(state, new ExperimentCommand.ReturnSegment(
            segment, epoch, "some cause", "", counted));

    public static ExperimentState Apply(ExperimentState state, Decision decision) =>
        state.Apply(decision.Events);
}
