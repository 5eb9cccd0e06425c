using System.Collections.Immutable;
using Mneme.Actors;
using Mneme.Blobs;
using Mneme.Messages;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Experiments;

namespace Mneme.Worker;

/// <summary>The experiment families this worker can run. Adding one is a line here.</summary>
public static class Catalog
{
    public static ImmutableArray<ExperimentFamily> Families { get; } =
    [
        new MemoryMlp(),
        new Dam(),
        new SequenceSwitch(),
        new MetalearnedMemory(),
        new MetalearnedDialogue(),
        new Titans(),
        new TitansSequence(),
        new Gpt2Knn(),
        new Gpt2Text(),
        new NoOp(),
    ];

    /// <exception cref="ArgumentException">No family has this name.</exception>
    public static ExperimentFamily Find(string name) =>
        Families.FirstOrDefault(family => family.Schema.Name == name)
        ?? throw new ArgumentException($"this worker has no experiment family '{name}'");

    /// <summary>The actor that computes an assignment.</summary>
    public static Actor<CohortMessage> NewCohort(
        Assign assign, IBlobStore blobs, Address<WorkerMessage> worker) =>
        new CohortActor(Find(assign.Family), blobs, worker);
}
