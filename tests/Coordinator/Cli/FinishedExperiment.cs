using Xunit;

namespace Mneme.Tests.Coordinator.Cli;

/// <summary>A small experiment that was run once. Tests look at it, or at a copy.</summary>
public sealed class FinishedExperiment : IAsyncLifetime
{
    internal Workplace Place { get; } = new();

    internal Ended Ended { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Place.Write("small.yaml", SampleSpecs.Small);
        Ended = await Place.Run("run", "small.yaml");
    }

    public Task DisposeAsync()
    {
        Place.Dispose();
        return Task.CompletedTask;
    }

    internal Workplace Copy()
    {
        var copy = new Workplace();
        copy.Copy(Place);
        return copy;
    }
}

/// <summary>One process of the program at a time: the machine may have two cores.</summary>
[CollectionDefinition(Name)]
public sealed class TheProgram : ICollectionFixture<FinishedExperiment>
{
    public const string Name = "the program";
}
