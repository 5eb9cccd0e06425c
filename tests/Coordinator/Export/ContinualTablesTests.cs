using System.Globalization;
using Mneme.Coordinator.Export;
using Mneme.Results;
using Mneme.Tests.Coordinator.Reports;
using Mneme.Tests.Shared.Results;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Export;

/// <summary>What tables and pickle hold of sets and switches.</summary>
public sealed class ContinualTablesTests
{
    private const string Shapes =
        """
        import pickle, sys
        import numpy as np
        r = pickle.load(open(sys.argv[1], 'rb'))
        for key in ['visited', 'R', 'b', 'chance', 'ceiling', 'interference']:
            print(key, r[key].dtype, r[key].shape)
        print(r['visited'].tolist())
        R, m = r['R'], r['measures']
        print(sorted(m)[:3], m['acc'].shape, r['after_visit']['acc'].shape)
        # ABA: columns A and B. BA: only two visits.
        print(np.allclose(m['acc'][:2], R[:2, 2, :].mean(axis=1)),
              np.allclose(m['acc'][2:], R[2:, 1, :].mean(axis=1)),
              np.allclose(m['bwt'][2:], R[2:, 1, 1] - R[2:, 0, 1]),
              np.allclose(m['fwt'][2:], R[2:, 0, 0] - r['b'][2:, 0]),
              np.isnan(R[2:, 2, :]).all(), np.isnan(r['switches']['drop'][2:, 1]).all())
        s = r['switches']
        print(s['drop'].shape, s['time_to_50_state'][1:3], s['time_to_50'][1:3].tolist())
        for name, value in r['conventions'].items(): print(name, value)
        """;

    [Fact]
    public void Trials_have_the_figures_of_the_whole_training()
    {
        var results = SampleContinual.Of(2, "ABA", "BA");

        var rows = Rows(text =>
            ResultTables.WriteTrials(results, ContinualResults.Of(results), text));

        rows.Count.ShouldBe(4);
        foreach (var row in rows.Take(2))
        {
            var (a, b) = (Last(results, row["trial"], 0), Last(results, row["trial"], 1));
            Number(row["acc"]).ShouldBe((a + b) / 2, 1e-12);
            Number(row["acc_normalised"]).ShouldBe(((a + b) / 2 - .5) / .45, 1e-12);
            row["mean_online_accuracy"].ShouldBeEmpty();
        }
    }

    [Fact]
    public void Trials_are_held_against_the_joint_one_of_their_seed()
    {
        var results = SampleContinual.Of(2, "AB", "*", "BA");
        var continual = ContinualResults.Of(results)!;

        var rows = Rows(text => ResultTables.WriteTrials(results, continual, text));

        foreach (var row in rows)
        {
            if (row["schedule"] == "1") row["intransigence"].ShouldBeEmpty();
            else
                Number(row["intransigence"]).ShouldBe(
                    Number(rows.Single(r => r["schedule"] == "1" && r["seed"] == row["seed"])
                        ["acc"]) - Number(row["la"]), 1e-12);
        }
        var summary = Rows(text => SummaryTable.Write(continual, text));
        summary.Where(row => row["measure"] == "intransigence_normalised")
            .Select(row => $"{row["schedule"]} {row["n"]} {row["undefined"]}")
            .ShouldBe(["0 2 0", "1 0 2", "2 2 0"]);
    }

    [Fact]
    public void Each_trial_and_switch_has_a_row()
    {
        var results = SampleContinual.Of(2, "ABA", "BA");

        var rows = Rows(text => SwitchTable.Write(ContinualResults.Of(results)!, text));

        rows.Select(row => $"{row["trial"]} {row["switch"]} {row["step"]} {row["phase"]} "
                + $"{row["old_set"]}{row["new_set"]} {row["recovery_90_state"]}")
            .ShouldBe(
            [
                "0 1 200 2B AB not applicable", "0 2 400 3A BA reached",
                "1 1 200 2B AB not applicable", "1 2 400 3A BA reached",
                "2 1 200 2A BA not applicable", "3 1 200 2A BA not applicable",
            ], ignoreOrder: false);
    }

    [Fact]
    public void A_summary_has_the_mean_and_interval_of_each_measure()
    {
        var results = SampleContinual.Of(3, "AB");
        var continual = ContinualResults.Of(results)!;
        double[] accuracies = [.. continual.Trials.Select(trial => trial["acc"]!.Value)];
        var (mean, count) = (accuracies.Average(), accuracies.Length);
        var deviation = Math.Sqrt(accuracies.Sum(a => (a - mean) * (a - mean)) / (count - 1));

        var rows = Rows(text => SummaryTable.Write(continual, text));

        var row = rows.Single(r => r["measure"] == "acc");
        (row["switch"], row["n"], row["failed"], row["undefined"]).ShouldBe(("", "3", "0", "0"));
        Number(row["mean"]).ShouldBe(mean, 1e-12);
        Number(row["sd"]).ShouldBe(deviation, 1e-12);
        // t(.975; 2) = 4.302653.
        Number(row["upper_95"]).ShouldBe(mean + 4.302653 * deviation / Math.Sqrt(3), 1e-6);
        var time = rows.Single(r => r["measure"] == "time_to_90");
        (time["switch"], time["reached"], time["censored"]).ShouldBe(("1", "0", "3"));
        (time["mean"], time["median"], time["share_reached"]).ShouldBe(("", "", "0"));
    }

    [Fact]
    public void A_failed_trial_is_counted_and_an_undefined_value_is_told_from_it()
    {
        var results = SampleContinual.Of(3, "AB");
        var failed = results with
        {
            Trials = results.Trials.SetItem(1, results.Until(200).Trials[1]),
        };

        var rows = Rows(text => SummaryTable.Write(ContinualResults.Of(failed)!, text));

        string Counts(string measure) => rows.Where(r => r["measure"] == measure)
            .Select(r => $"{r["n"]} {r["failed"]} {r["undefined"]}").Single();
        Counts("acc").ShouldBe("2 1 0");
        Counts("accuracy").ShouldBe("2 1 0");
        Counts("drop").ShouldBe("2 1 0");
        Counts("rescue").ShouldBe("0 1 2");
    }

    [Fact]
    public void Python_finds_arrays_by_trial_visit_and_set()
    {
        using var folder = new TemporaryFolder();
        var results = SampleContinual.Of(2, "ABA", "BA");
        using (var file = File.Create(folder.At("sample.pkl")))
            Pickle.Write(file, ResultsPickle.Of(results, ContinualResults.Of(results)));

        Python.Run(Shapes, folder.At("sample.pkl")).ShouldBe(
            """
            visited int64 (4, 3)
            R float64 (4, 3, 2)
            b float64 (4, 2)
            chance float64 (4, 2)
            ceiling float64 (4, 2)
            interference float64 (4, 2, 2)
            [[0, 1, 0], [0, 1, 0], [1, 0, -1], [1, 0, -1]]
            ['acc', 'acc_normalised', 'aia'] (4,) (4, 3)
            True True True True True True
            (4, 2) [['reached', 'reached'], ['reached', '']] [[80.0, 60.0], [80.0, nan]]
            forgetting_max_rows from_learning
            reference_level ceiling
            smoothed_points 3
            window_points 10
            evaluation_interval 20
            """);
    }

    [Fact]
    public void Without_sets_or_without_switches_nothing_of_this_appears()
    {
        var results = SampleContinual.Of(2, "AB");

        ContinualResults.Of(results with { Family = SampleContinual.WithoutSets }).ShouldBeNull();
        ContinualResults.Of(SampleContinual.Of(2, "A")).ShouldBeNull();
        Rows(text => ResultTables.WriteTrials(SampleContinual.Of(2, "A"), null, text))[0]
            .Keys.ShouldNotContain("acc");
    }

    private static double Last(ExperimentResults results, string trial, int set) => results
        .Trials[int.Parse(trial, CultureInfo.InvariantCulture)]
        .Last(results.Columns.IndexOf($"set_accuracy.{"AB"[set]}"));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static List<Dictionary<string, string>> Rows(Action<TextWriter> write)
    {
        using var text = new StringWriter();
        write(text);
        var lines = text.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(',')).ToList();
        lines.ShouldAllBe(line => line.Length == lines[0].Length);
        return [.. lines.Skip(1).Select(line => lines[0].Zip(line)
            .ToDictionary(cell => cell.First, cell => cell.Second))];
    }
}
