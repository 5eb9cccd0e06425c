using System.Globalization;
using System.Security.Cryptography;
using Mneme.Coordinator.Experiments;
using Mneme.Journal;
using Mneme.Messages;
using Mneme.Transport.InProcess;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Simulation;

/// <summary>The real coordinators and workers in virtual time. A failure prints its seed; the same
/// seed gives the same run.</summary>
public sealed class ClusterTests
{
    private const int BlockSize = 50;
    private const int Trials = 8;
    private const int Steps = 12;
    private static readonly string Spec = $"""
        name: simulated
        model: no-op
        steps: {Steps}
        seeds: {Trials}
        """;

    [Fact]
    public void Without_faults_every_step_is_computed_once_under_its_first_grant()
    {
        using var world = Founded(1, Faults.None);

        Finish(world, "calm");

        world.Computed.ShouldBe(Trials * Steps);
        Events<SegmentGranted>(world).ShouldAllBe(granted => granted.Epoch == 1);
    }

    [Theory, MemberData(nameof(Blocks))]
    public void Through_storms_nothing_is_lost_doubled_or_changed(int block)
    {
        for (var seed = block * BlockSize; seed < (block + 1) * BlockSize; seed++)
            Endure((ulong)seed, ExperimentDecisions.Decide).ShouldBeNull($"seed {seed}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        var runs = Enumerable.Range(0, 2).Select(_ =>
        {
            using var world = Founded(7, Storm.Weather(7));
            new Storm(world, TimeSpan.FromSeconds(5)).Rage(
                TimeSpan.FromMinutes(2), () => IsDone(world));
            return string.Join('\n', world.Lines) + world.Look("simulated");
        }).ToList();

        runs[1].ShouldBe(runs[0]);
    }

    [Fact]
    public void Without_the_epoch_in_a_commits_condition_a_storm_shows_it() =>
        ShowsWithin(200, (state, command) => ExperimentDecisions.Decide(
            state, command is ExperimentCommand.CommitSegment commit
                && state.Segments[commit.Commit.Segment.Index] is var segment
                ? commit with { Commit = commit.Commit with { Epoch = segment.Epoch } }
                : command));

    [Fact]
    public void Without_regard_to_running_leases_even_a_calm_shows_it()
    {
        using var world = Founded(1, Faults.None, (state, command) => ExperimentDecisions.Decide(
            state, command is ExperimentCommand.GrantSegments grant
                ? grant with { Live = new HashSet<string>() }
                : command));

        world.Run(TimeSpan.FromMinutes(2), () => IsDone(world));

        Events<SegmentGranted>(world).ShouldContain(granted => granted.Epoch > 1);
    }

    [Theory]
    [InlineData(197), InlineData(316)]
    public void A_seed_that_once_failed_holds(ulong seed) =>
        Endure(seed, ExperimentDecisions.Decide).ShouldBeNull();

    public static TheoryData<int> Blocks => [.. Enumerable.Range(0, Seeds / BlockSize)];

    private static int Seeds { get; } = int.Parse(
        Environment.GetEnvironmentVariable("MNEME_SEEDS") ?? "1000", CultureInfo.InvariantCulture);

    private static void ShowsWithin(
        int seeds, Func<ExperimentState, ExperimentCommand, Decision> mutant) =>
        Enumerable.Range(0, seeds).Any(seed => Endure((ulong)seed, mutant) is not null)
            .ShouldBeTrue("the simulation does not see what is missing");

    /// <summary>Null when all is well, else what is not.</summary>
    private static string? Endure(
        ulong seed, Func<ExperimentState, ExperimentCommand, Decision> decide)
    {
        using var world = Founded(seed, Storm.Weather(seed), decide);
        (world.LosesAnswers, world.DiesAtCommit) = (0.01, 0.005);
        var isOver = () => IsDone(world);
        if (!new Storm(world, TimeSpan.FromSeconds(5)).Rage(TimeSpan.FromMinutes(3), isOver))
        {
            Calm(world);
            if (!world.Run(TimeSpan.FromMinutes(10), isOver))
                return $"not done: {string.Join('\n', world.Lines)}\n{world.Look("simulated")}";
        }
        return world.Thefts.Concat(Await(world.Journal.Verify("simulated")))
            .Concat(WrongResults(world)).FirstOrDefault();
    }

    private static World Founded(
        ulong seed, Faults weather,
        Func<ExperimentState, ExperimentCommand, Decision>? decide = null)
    {
        var world = new World(seed, weather, decide);
        world.Submit(Spec);
        foreach (var node in new[] { "c1", "c2" }) world.AddCoordinator(node);
        // Of two nodes only: three that die over one segment would be its own fault.
        foreach (var node in new[] { "w1", "w2", "w1" }) world.AddWorker(node, world.StepTime);
        return world;
    }

    private static void Calm(World world)
    {
        (world.LosesAnswers, world.DiesAtCommit) = (0, 0);
        foreach (var process in world.Living)
            if (process.Journal is { } journal) (journal.LosesAnswers, journal.Dies) = (0, 0);
        foreach (var dead in world.TakeDead()) world.Again(dead);
    }

    private static void Finish(World world, string what) =>
        world.Run(TimeSpan.FromMinutes(10), () => IsDone(world))
            .ShouldBeTrue($"{what}: {world.Look("simulated")}");

    private static bool IsDone(World world) =>
        Await(world.Journal.Experiments()).All(e => e.State == "done");

    private static List<T> Events<T>(World world) where T : ExperimentEvent =>
        [.. Await(world.Journal.Read("simulated")).OfType<T>()];

    // A trial's chain is a hash over its seed and every step, once each and in order.
    private static IEnumerable<string> WrongResults(World world)
    {
        var rows = Await(world.Journal.Results("simulated")).ToLookup(row => row.Result.Path);
        for (var trial = 0; trial < Trials; trial++)
            if (rows[trial].Last() is var last
                && (last.ToStep != Steps || last.Result.Chain != Expected((uint)trial)))
                yield return $"trial {trial} has another result";
    }

    private static string Expected(uint seed)
    {
        var state = SHA256.HashData(BitConverter.GetBytes(seed));
        for (var step = 0L; step < Steps; step++)
            state = SHA256.HashData([.. state, .. BitConverter.GetBytes(step)]);
        return Convert.ToHexStringLower(state);
    }

    private static T Await<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();
}
