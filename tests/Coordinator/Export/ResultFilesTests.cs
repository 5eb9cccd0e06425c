using System.Text.Json;
using Mneme.Tests.Coordinator.Cli;
using Mneme.Tests.Shared.Results;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Export;

/// <summary>What lies in the folder of a finished experiment.</summary>
[Collection(TheProgram.Name)]
public sealed class ResultFilesTests(FinishedExperiment finished)
{
    // With plain pickle, and with one that allows numpy's arrays and nothing else.
    private const string Shapes =
        """
        import pickle, sys
        import numpy as np
        allowed = {('numpy.core.multiarray', '_reconstruct'), ('numpy', 'ndarray'),
                   ('numpy', 'dtype')}
        class Restricted(pickle.Unpickler):
            def find_class(self, module, name):
                assert (module, name) in allowed, (module, name)
                return super().find_class(module, name)
        def show(x):
            if isinstance(x, np.ndarray): return f'{x.dtype} {x.shape}'
            return f'list {len(x)}' if type(x) is list else x
        def tell(r):
            for key, value in r.items():
                if key == 'settings':
                    print(key, len(value), {show(column) for column in value.values()})
                elif type(value) is dict:
                    for name, column in value.items(): print(key, name, show(column))
                else: print(key, show(value))
            print(r['step'].tolist(), r['searched'])
            loss, status = r['points']['loss'], r['trials']['status']
            print(status[0], np.isfinite(loss[:32]).all(), status[-1], np.isnan(loss[32:]).all())
        tell((pickle.load if sys.argv[1] == 'plain' else lambda f: Restricted(f).load())(
            open(sys.argv[2], 'rb')))
        """;

    [Theory]
    [InlineData("plain")]
    [InlineData("restricted")]
    public void Python_loads_the_pickle_with_the_documented_shapes(string unpickler) =>
        Python.Run(Shapes, unpickler, finished.Place.At("results/small/small.pkl")).ShouldBe(
            """
            name small
            model memory-mlp
            steps 60
            measure_every 20
            searched list 1
            schedules list 1
            step int64 (3,)
            points loss float64 (64, 3)
            points accuracy float64 (64, 3)
            points reconstruction_loss float64 (64, 3)
            points memory_activation float64 (64, 3)
            points silent_fraction float64 (64, 3)
            points first_perfect_run float64 (64, 3)
            trials ordinal int64 (64,)
            trials configuration int64 (64,)
            trials schedule int64 (64,)
            trials seed int64 (64,)
            trials diverged_at int64 (64,)
            trials status list 64
            trials chain list 64
            settings 13 {'list 64'}
            [20, 40, 60] ['learning_rate']
            done True diverged True
            """);

    [Fact]
    public void A_trial_that_diverges_is_called_so_and_spoils_no_other()
    {
        finished.Ended.ShouldBeFine();
        var rows = File.ReadAllLines(finished.Place.At("results/small/trials.csv"))
            .Select(line => line.Split(',')).ToList();
        var status = Array.IndexOf(rows[0], "status");
        var rate = Array.IndexOf(rows[0], "learning_rate");

        rows.Count.ShouldBe(1 + 64);
        rows.Skip(1).Where(row => row[rate] == "0.001").Select(row => row[status])
            .ShouldBe(Enumerable.Repeat("done", 32));
        rows.Skip(1).Where(row => row[rate] == "1E+30").Select(row => row[status])
            .ShouldBe(Enumerable.Repeat("diverged", 32));
    }

    [Fact]
    public void The_manifest_has_the_hash_of_every_other_file()
    {
        using var manifest = JsonDocument.Parse(
            finished.Place.Bytes("results/small/manifest.json"));
        var listed = manifest.RootElement.GetProperty("files").EnumerateObject()
            .ToDictionary(file => file.Name, file => file.Value.GetString()!);
        var found = finished.Place.Snapshot();
        found.Remove("manifest.json").ShouldBeTrue();

        listed.ShouldBe(found, ignoreOrder: true);
        listed.Count.ShouldBeGreaterThan(3 * 64);
    }
}
