using System.Security.Cryptography;
using System.Text;
using Mneme.Coordinator.Embedded;
using Mneme.Coordinator.Experiments;
using Mneme.Coordinator.Export;
using Mneme.Coordinator.Search;
using Mneme.Specs;
using Mneme.Tests.Shared.Actors;
using Mneme.Transport.InProcess;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Simulation;

/// <summary>The real coordinator and worker over links that lose, double, reorder and delay frames,
/// in virtual time.</summary>
public sealed class FaultyLinksTests : IDisposable
{
    private const string Spec = """
        name: weather
        model: no-op
        steps: 6
        seeds: 12
        """;

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);
    private readonly string folder = Directory.CreateTempSubdirectory("mneme-weather").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory, MemberData(nameof(Seeds))]
    public async Task Whatever_happens_to_frames_every_segment_is_committed_once(ulong seed)
    {
        var clock = new VirtualClock(DateTimeOffset.UnixEpoch.AddYears(50));
        await using var state = StateFolder.Open(folder, "weather", clock);
        var spec = SpecReader.Parse(
            "spec", Encoding.UTF8.GetBytes(Spec), Submissions.Schemas).Spec!;
        var submission = await Submissions.Enter(state, spec, new PackingWishes(2, 2, 2), false);
        var weather = new Faults(seed)
        {
            Drop = 0.2, DropAnswer = 0.2, Duplicate = 0.3, Reorder = 0.3,
            Delay = TimeSpan.FromSeconds(2),
        };
        var cluster = new EmbeddedCluster(state, submission, _ => { }, clock, weather);
        (await Driven(RunToTheEnd(cluster), clock)).ShouldBeNull();

        (await state.Journal.Verify("weather")).ShouldBeEmpty($"seed {seed}");
        submission = await submission.Reload(state);
        submission.State.Completed.ShouldBeTrue();
        submission.State.DoneTrialSteps.ShouldBe(12 * 6);
        var results = ExperimentResults.Of(
            spec, submission.Family, submission.State, submission.Results);
        Manifest.IdentityOf(results).ShouldBe(Expected(spec));
    }

    public static TheoryData<ulong> Seeds =>
        [.. Enumerable.Range(1, 12).Select(seed => (ulong)seed)];

    // The end takes time too: frames are still under way.
    private static async Task<string?> RunToTheEnd(EmbeddedCluster cluster)
    {
        await using (cluster) return await cluster.Finish(slots: 2, default);
    }

    // Time moves only here. Between two moves the disk and the training threads, which are real,
    // get a real millisecond, so that virtual time does not run away from them.
    private static async Task<string?> Driven(Task<string?> end, VirtualClock clock)
    {
        for (var moves = 0; !end.IsCompleted && moves < 15_000; moves++)
        {
            await Task.Delay(Moment, TimeProvider.System);
            clock.Advance(TimeSpan.FromSeconds(0.2));
        }
        end.IsCompleted.ShouldBeTrue("50 minutes of virtual time are enough");
        return await end;
    }

    // A trial of no-op has the point (step, 0) after every step.
    private static string Expected(ExperimentSpec spec)
    {
        var chain = new byte[SHA256.HashSizeInBytes];
        for (var step = 1L; step <= 6; step++)
            chain = SHA256.HashData([.. chain, .. BitConverter.GetBytes(step), .. new byte[8]]);
        var text = string.Concat(Enumerable.Repeat(Convert.ToHexStringLower(chain), 12));
        return Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(SpecIdentity.Sha256(spec) + text)));
    }
}
