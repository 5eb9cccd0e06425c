using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Cli;

/// <summary>However a run ends, the same command goes on and comes to the same bytes.</summary>
[Collection(TheProgram.Name)]
public sealed class InterruptionTests(UninterruptedExperiment whole)
    : IClassFixture<UninterruptedExperiment>, IDisposable
{
    private const int Failed = 1;
    private const string Pickle = "results/long/long.pkl";
    private Workplace place = new();

    public void Dispose() => place.Dispose();

    [Theory]
    [InlineData(RunningProgram.Interrupt)]
    [InlineData(RunningProgram.Terminate)]
    public async Task A_signal_stops_at_a_checkpoint_and_says_how_to_go_on(int signal)
    {
        var stopped = await Stopped(signal, times: 1);

        stopped.ExitCode.ShouldBe(Failed, stopped.Errors);
        stopped.Errors.ShouldBeEmpty();
        stopped.Output.ShouldContain("Stopped at a checkpoint: ");
        stopped.Output.ShouldContain("Go on with: ./mneme run long.yaml\n");
        Directory.Exists(place.At("results/long")).ShouldBeFalse();
        (await Run()).ShouldBeFine();
        place.Bytes(Pickle).ShouldBe(whole.Pickle);
    }

    [Fact]
    public async Task A_run_killed_twice_goes_on_to_the_same_bytes()
    {
        await Stopped(RunningProgram.Kill, times: 2);

        (await Run()).ShouldBeFine();
        place.Bytes(Pickle).ShouldBe(whole.Pickle);
    }

    [Fact]
    public async Task A_signal_before_the_first_step_stops_it_too()
    {
        place.Write("long.yaml", SampleSpecs.Endless);
        using var program = place.Start("run", "long.yaml", "--out", "elsewhere");
        var owner = place.At("elsewhere/.mneme/long/owner");
        (await program.Until(() => File.Exists(owner))).ShouldBeTrue();

        program.Send(RunningProgram.Interrupt);

        var ended = await program.End();
        ended.ExitCode.ShouldBe(Failed, ended.Errors);
        ended.Output.ShouldContain("Go on with: ./mneme run long.yaml --out elsewhere\n");
    }

    // A run that came to its end before the signal reached it proves nothing: begin again.
    private async Task<Ended> Stopped(int signal, int times)
    {
        while (true)
        {
            place.Write("long.yaml", SampleSpecs.Long);
            for (var i = 0; await StoppedMidway(signal) is { } ended;)
                if (++i == times) return ended;
            place.Dispose();
            place = new Workplace();
        }
    }

    private async Task<Ended?> StoppedMidway(int signal)
    {
        var before = place.Checkpoints("long");
        using var program = place.Start(["run", "long.yaml", .. SampleSpecs.Pieces]);
        if (!await program.Until(() => place.Checkpoints("long") > before + 1)) return null;
        program.Send(signal);
        var ended = await program.End();
        return ended.ExitCode == 0 ? null : ended;
    }

    private Task<Ended> Run() => place.Run(["run", "long.yaml", .. SampleSpecs.Pieces]);
}

/// <summary>The pickle that every interrupted run must come to.</summary>
public sealed class UninterruptedExperiment : IAsyncLifetime
{
    internal byte[] Pickle { get; private set; } = [];

    public async Task InitializeAsync()
    {
        using var place = new Workplace();
        place.Write("long.yaml", SampleSpecs.Long);
        (await place.Run(["run", "long.yaml", .. SampleSpecs.Pieces])).ShouldBeFine();
        Pickle = place.Bytes("results/long/long.pkl");
    }

    public Task DisposeAsync() => Task.CompletedTask;
}
