using Mneme.Coordinator.Export;
using Mneme.Results;
using Mneme.Tests.Coordinator.Reports;
using Mneme.Tests.Shared.Results;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Export;

/// <summary>What tables, pickle and report hold of single sequences.</summary>
public sealed class RankTableTests
{
    // Points of a phase of the sample, its first one and its last one included.
    private const int PointsOfPhase = 11;

    [Fact]
    public async Task Each_trial_and_phase_has_a_row_with_censored_sequences_apart()
    {
        var lines = await Csv(SampleContinual.Of(2, "AB", "A"));

        lines[0].ShouldBe("trial,configuration,schedule,seed,phase,set,learned,not_learned,"
            + "known_before,share_learned,appearances_quartile_1,appearances_median,"
            + "appearances_quartile_3,highest_rank_known");
        lines.Count.ShouldBe(1 + 2 * 2 + 2);
        // Rank 0 after 20 appearances, rank 1 after 10; the third is never known.
        lines[1].ShouldBe("0,0,0,0,1A,A,2,1,0,0.6666666666666666,15,20,,1");
        lines[2].ShouldBe("0,0,0,0,2B,B,2,1,0,0.6666666666666666,15,20,,1");
        lines[5].ShouldStartWith("2,0,1,0,1A,A,2,1,");
    }

    [Fact]
    public async Task A_phase_that_is_under_way_has_no_figures_yet()
    {
        var lines = await Csv(SampleContinual.Of(1, "AB").Until(300));

        lines[1].ShouldStartWith("0,0,0,0,1A,A,2,1,");
        lines[2].ShouldBe("0,0,0,0,2B,B,,,,,,,,");
    }

    [Fact]
    public async Task Python_finds_arrays_by_trial_and_phase()
    {
        using var folder = new TemporaryFolder();
        var results = SampleContinual.Of(2, "AB", "A");
        using (var file = File.Create(folder.At("ranks.pkl")))
            Pickle.Write(file, ResultsPickle.Of(results, null, await Ranks(results)));

        Python.Run("""
            import pickle, sys
            r = pickle.load(open(sys.argv[1], 'rb'))['ranks']
            print(r['appearances_median'].tolist(), r['not_learned'].shape)
            """, folder.At("ranks.pkl")).ShouldBe(
            "[[20.0, 20.0], [20.0, 20.0], [20.0, nan], [20.0, nan]] (4, 2)");
    }

    [Fact]
    public async Task The_report_has_a_section_where_points_tell_of_sequences_and_none_elsewhere()
    {
        var results = SampleContinual.Of(2, "AB");
        var figures = await Mneme.Tests.Coordinator.Reports.Reports.Figures(results);
        string Html(RankResults? ranks) => new ExperimentReport(
            results, ContinualResults.Of(results), figures, null) { Ranks = ranks }.Html();

        Html(await Ranks(results)).ShouldContain("How often a sequence must be shown");
        Html(null).ShouldNotContain("How often a sequence must be shown");
        (await RankResults.Of(results, _ => Task.FromResult(
            Mneme.Tests.Coordinator.Reports.Reports.NoRecords))).ShouldBeNull();
    }

    private static async Task<List<string>> Csv(ExperimentResults results)
    {
        using var text = new StringWriter();
        RankTable.Write((await Ranks(results)).ShouldNotBeNull(), text);
        return [.. text.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries)];
    }

    private static Task<RankResults?> Ranks(ExperimentResults results) => RankResults.Of(
        results, trial => Task.FromResult(Records(results.Trials[trial])));

    // Three sequences of each set. The counters rise by 10 a point and begin again with a phase.
    private static TrialRecords Records(TrialResult trial) => new(
        Enumerable.Range(0, trial.Steps.Length)
            .SelectMany(point => Rows(point % PointsOfPhase).Select(row => (point, row)))
            .ToLookup(one => (long)one.point, one => one.row));

    private static NamedArray[] Rows(int point) =>
    [
        NamedArray.Of<long>("set", [0, 0, 0, 1, 1, 1], 6),
        NamedArray.Of<long>("sequence_rank", [0, 1, 2, 0, 1, 2], 6),
        NamedArray.Of<float>("row_accuracy",
            [.. Enumerable.Repeat(new[] { point < 2 ? .5f : .95f, point < 1 ? .5f : .95f, .6f }, 2)
                .SelectMany(own => own)], 6),
        NamedArray.Of<int>("appearances", [10 * point, 10 * point, 10 * point], 3),
    ];
}
