using System.Text;
using Mneme.Coordinator.Embedded;
using Mneme.Coordinator.Experiments;
using Mneme.Coordinator.Export;
using Mneme.Coordinator.Search;
using Mneme.Journal;
using Mneme.Specs;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Simulation;

/// <summary>A process that ends without warning leaves a beginning of its journal. From every one
/// of them, inside phases, at switches and between the branches of a fork, the experiment comes to
/// the same results.</summary>
public sealed class CrashTests : IDisposable
{
    private const string Dam = """
        name: forks
        model: dam
        measure_every: 10
        seeds: 2
        settings: {sequence_length: 6, sequences: 6, memory_size: 12, heads: 2, batch_size: 4}
        schedules:
          - [{phase: a, steps: 30}, {phase: b, switch: redraw, steps: 20},
             {phase: c, switch: redraw, mode: freeze_A, steps: 20}]
          - [{phase: a, steps: 30}, {phase: b, switch: redraw, steps: 20},
             {phase: d, switch: return, set: A, steps: 20}]
          - [{phase: a, steps: 30}, {phase: e, switch: redraw, mode: none, steps: 40}]
        """;

    private const string Transformer = """
        name: forks
        model: sequence-switch
        measure_every: 10
        seeds: 2
        settings: {sequences: 6, sequence_length: 5, heads: 1, features: 4, batch_size: 4,
                   eval_stride: 1, log_appearances: 10}
        schedules:
          - [{phase: a, steps: 30}, {phase: b, switch: redraw, save: old, steps: 20},
             {phase: c, switch: swap, saved: old, set: A, steps: 20}]
          - [{phase: a, steps: 30}, {phase: b, switch: redraw, save: old, steps: 20},
             {phase: d, switch: redraw, freeze: [attention], steps: 20}]
          - [{phase: a, steps: 30}, {switch: probe, sequences: 5, steps: 40}]
        """;

    private static readonly PackingWishes Wishes = new(
        Slots: 2, LanesPerCohort: 2, StepsPerSegment: 10);

    private readonly string folder = Directory.CreateTempSubdirectory("mneme-crash").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(Dam), InlineData(Transformer)]
    public async Task From_wherever_a_crash_left_the_journal_the_results_are_the_same(string text)
    {
        var spec = SpecReader.Parse(
            "spec", Encoding.UTF8.GetBytes(text), Submissions.Schemas).Spec!;
        var (expected, stream) = await Whole(spec);
        var cuts = Enumerable.Range(1, stream.Count - 1)
            .Where(i => stream[i] is SegmentCommitted).ToList();

        cuts.Count.ShouldBe(13, "3 + 2 + 2 + 2 + 4 segments");
        foreach (var cut in cuts)
        {
            var (resumed, done) = await Resumed(spec, stream[..cut], $"{cut}");
            resumed.ShouldBe(expected, $"after {cut} of {stream.Count} events");
            done.ShouldBe(2 * (30 + 20 + 20 + 20 + 40), "no step lost or done twice");
        }
    }

    private async Task<(string Identity, List<ExperimentEvent> Stream)> Whole(
        ExperimentSpec spec)
    {
        await using var state = Open(folder);
        var submission = await Train(state, spec);
        var rows = submission.Results.ToLookup(row => (row.Segment, row.Epoch));
        var stream = (await state.Journal.Read("forks")).Select(happened => happened switch
        {
            SegmentCommitted e => e with
            {
                Results = [.. rows[(e.Segment, e.Epoch)].Select(row => row.Result)],
            },
            _ => happened,
        });
        return (IdentityOf(submission), [.. stream]);
    }

    // The blobs of the whole run are there: a crash leaves more than it needs, never less.
    private async Task<(string Identity, long Done)> Resumed(
        ExperimentSpec spec, List<ExperimentEvent> beginning, string name)
    {
        var output = Path.Combine(folder, name);
        CopyBlobs(output);
        await using var state = Open(output);
        var lead = (long)(await state.Journal.TakeLead(
            new Candidate("node", "life", Url: ""), TimeSpan.Zero))!;
        (await state.Journal.Append(lead, "forks", beginning)).ShouldBe(Appended.Ok);
        var submission = await Train(state, spec);
        (await state.Journal.Verify("forks")).ShouldBeEmpty(name);
        return (IdentityOf(submission), submission.State.DoneTrialSteps);
    }

    private static async Task<Submission> Train(StateFolder state, ExperimentSpec spec)
    {
        var submission = await Submissions.Enter(state, spec, Wishes, false);
        await using (var cluster = new EmbeddedCluster(
            state, submission, _ => { }, TimeProvider.System))
            (await cluster.Finish(slots: 2, default)).ShouldBeNull();
        submission = await submission.Reload(state);
        submission.State.Completed.ShouldBeTrue();
        return submission;
    }

    private static string IdentityOf(Submission submission) => Manifest.IdentityOf(
        ExperimentResults.Of(
            submission.Spec, submission.Family, submission.State, submission.Results));

    private static StateFolder Open(string output) =>
        StateFolder.Open(output, "forks", TimeProvider.System);

    private void CopyBlobs(string output)
    {
        var (from, to) = (StateFolder.PathOf(folder, "forks"), StateFolder.PathOf(output, "forks"));
        foreach (var path in Directory.GetFiles(
            Path.Combine(from, "blobs"), "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }
    }
}
