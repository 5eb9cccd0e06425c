using Mneme.Coordinator.Cli.Cluster;
using Mneme.Messages;
using Mneme.Tests.Coordinator.Api;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Cli.Cluster;

[Collection(TheProgram.Name)]
public sealed class DoctorTests
{
    private static readonly ClusterView Well = new SampleDesk().View();
    private static readonly Dictionary<string, string[]> NoFaults = new() { ["small"] = [] };

    [Fact]
    public void A_healthy_cluster_has_nothing_to_tell() =>
        Doctor.Of(Well, null, false, NoFaults).ShouldAllBe(check => check.IsWell);

    [Fact]
    public void Everything_that_is_wrong_is_told_in_a_line_of_its_own()
    {
        Bad(Well with { Workers = [] }).ShouldBe(
            "workers: 0 live of 0; start one with './mneme worker'");
        Bad(Worker(worker => worker with { PoolDelay = TimeSpan.FromSeconds(0.9) })).ShouldBe(
            "pool delay: too busy to answer: gpu-1 0.9 s");
        Bad(Worker(worker => worker with { LastBeat = TimeSpan.FromSeconds(16) })).ShouldBe(
            "beats: silent: gpu-1 for 16.0 s");
        Bad(Well with { Experiments = [SampleDesk.Summary with { State = "stuck" }] })
            .ShouldStartWith("experiments: need a person: small: stuck");
        Bad(Well with { Experiments = [SampleDesk.Summary with { Quarantined = 2 }] })
            .ShouldContain("2 segments in quarantine");
        Bad(Well, TimeSpan.FromSeconds(16)).ShouldBe("lease: last seen 16.0 s ago");
        Bad(Well, faults: "segment 3 is twice").ShouldBe(
            "journal: faults: small: segment 3 is twice");
        Bad(Well, isInsecure: true).ShouldBe("guard: the server was started with --insecure");
        Bad(Well with { Workers = [Well.Workers[0], Well.Workers[0] with { State = "suspect" }] })
            .ShouldBe("workers: 1 live of 2; suspect: gpu-1");
    }

    [Fact]
    public async Task The_exit_code_says_whether_all_is_well()
    {
        await using var cluster = await ClusterPlace.Start();

        var well = await cluster.Run("cluster", "doctor");
        cluster.Api.Desk.Faults = ["segment 3 is twice"];
        var ill = await cluster.Run("cluster", "doctor");

        well.ShouldBeFine().Output.Split('\n')[..^1].ShouldAllBe(line => line.StartsWith("ok   "));
        ill.ExitCode.ShouldBe(1);
        ill.Output.ShouldContain("BAD  journal: faults: small: segment 3 is twice\n");
        (await cluster.Run("journal", "verify", "small")).ExitCode.ShouldBe(1);
    }

    private static ClusterView Worker(Func<WorkerView, WorkerView> change) =>
        Well with { Workers = [change(Well.Workers[0])] };

    private static string Bad(
        ClusterView view, TimeSpan? age = null, string? faults = null, bool isInsecure = false) =>
        Doctor.Of(view, age, isInsecure, faults is null
                ? NoFaults
                : new Dictionary<string, string[]> { ["small"] = [faults] })
            .Where(check => !check.IsWell).Select(check => $"{check}"[5..])
            .ShouldHaveSingleItem();
}
