using System.Collections.Immutable;
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
        new NoOp(),
    ];

    /// <exception cref="ArgumentException">No family has this name.</exception>
    public static ExperimentFamily Find(string name) =>
        Families.FirstOrDefault(family => family.Schema.Name == name)
        ?? throw new ArgumentException($"this worker has no experiment family '{name}'");
}
