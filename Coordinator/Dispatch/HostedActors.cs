using Mneme.Actors;
using Mneme.Coordinator.Experiments;
using Mneme.Messages;

namespace Mneme.Coordinator.Dispatch;

/// <summary>The experiments of a reign, as the dispatcher knows them.</summary>
internal sealed class HostedActors
{
    private readonly Dictionary<string, Address<ExperimentMessage>> all = [];

    public IReadOnlyDictionary<string, Address<ExperimentMessage>> All => all;

    /// <summary>Those of which something may still be granted.</summary>
    public SortedDictionary<string, Address<ExperimentMessage>> Open { get; } =
        new(StringComparer.Ordinal);

    public void Host(string name, Address<ExperimentMessage> actor) =>
        all[name] = Open[name] = actor;

    public void Over(string name) => Open.Remove(name);

    /// <summary>Whether no other experiment wants slots.</summary>
    public bool IsAlone(string name) => Open.Count == 1 && Open.ContainsKey(name);

    /// <summary>Who must see what a worker holds. Of what is over it may still hold something; it
    /// lacks nothing of it.</summary>
    public IEnumerable<Address<ExperimentMessage>> Concerned(Beat beat) => Open.Values.Concat(
        beat.Held.Select(held => held.Segment.Experiment).Distinct()
            .Where(name => !Open.ContainsKey(name) && all.ContainsKey(name))
            .Select(name => all[name]));

    /// <summary>How far a segment is: for whoever watches.</summary>
    public void Pass(Progress progress)
    {
        if (All.TryGetValue(progress.Segment.Experiment, out var actor))
            actor.Offer(new ExperimentMessage.Progressed(progress.Segment, progress.Step));
    }
}
