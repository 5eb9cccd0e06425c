using System.Collections.Immutable;
using Mneme.Actors;
using Mneme.Coordinator.Experiments;
using Mneme.Messages;

namespace Mneme.Coordinator.Dispatch;

/// <summary>What becomes of the segments that a Hello names.</summary>
internal static class Verdicts
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="experiments">As they are now; they may change while this one waits.</param>
    public static async Task<ImmutableArray<Verdict>> Of(
        Hello hello, IReadOnlyDictionary<string, Address<ExperimentMessage>> experiments)
    {
        var verdicts = ImmutableArray.CreateBuilder<Verdict>();
        foreach (var group in hello.Held.GroupBy(held => held.Segment.Experiment))
        {
            var isKnown = experiments.TryGetValue(group.Key, out var actor);
            var answer = isKnown
                ? await actor.Ask<ImmutableArray<Verdict>>(
                    sink => new ExperimentMessage.Judge(
                        Session.IdOf(hello), [.. group], sink), Patience)
                : null;
            verdicts.AddRange(answer is Answer<ImmutableArray<Verdict>>.Ok ok
                ? ok.Value
                : group.Select(held => new Verdict(held.Segment, isKnown ? held.Epoch : null)));
        }
        return verdicts.ToImmutable();
    }
}
