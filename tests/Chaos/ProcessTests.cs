using System.Globalization;
using Mneme.Tests.Coordinator.Cli;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Chaos;

/// <summary>A small cluster of real processes. The long proof is <c>./mneme test chaos</c>.
/// </summary>
public sealed class ProcessTests
{
    private const string Name = "small";
    private const int Trials = 4, Steps = 12000;
    private static readonly string[] Packing = ["--cohort-size", "4", "--segment-steps", "6000"];

    private static readonly string Spec = string.Create(CultureInfo.InvariantCulture, $$"""
        name: {{Name}}
        model: dam
        measure_every: 250
        seeds: {{Trials}}
        settings: {sequence_length: 12, sequences: 16, memory_size: 64, heads: 8, batch_size: 16}
        schedule:
          - {phase: before, steps: {{Steps / 2}}}
          - {phase: after, switch: redraw, steps: {{Steps / 2}}}
        """);

    [Fact]
    public async Task A_drained_a_killed_worker_and_a_killed_leader_change_no_byte_of_the_results()
    {
        var folder = LocalCluster.NewFolder("mneme-processes-");
        await File.WriteAllTextAsync(Path.Combine(folder, "small.yaml"), Spec);
        using var embedded = RunningProgram.StartAt(
            Programs.Mneme, folder, ["run", "small.yaml", "--out", "embedded", .. Packing]);
        await using (var cluster = await LocalCluster.Start(folder))
        {
            cluster.AddWorker("worker-0");
            (await cluster.Ask(["experiment", "submit", "small.yaml", .. Packing]))
                .ExitCode.ShouldBe(0);

            var drained = await Drain(cluster, "worker-0");
            cluster.AddWorker("worker-1");
            await KillHolder(cluster);
            await KillLeader(cluster);

            await Patience.Until("the results are there", () => File.Exists(
                cluster.At($"results/{Name}/manifest.json")));
            (await embedded.End()).ExitCode.ShouldBe(0);
            (await new Checks(cluster, Name).All(
                Path.Combine(folder, "embedded", Name), Trials * Steps))
                .Where(finding => !finding.Holds).ShouldBeEmpty(folder);
            await WasComputedOnce(cluster, drained);
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_coordinator_does_not_listen_to_the_network_without_TLS()
    {
        using var program = RunningProgram.StartAt(
            Programs.Mneme, Path.GetTempPath(), "serve", "--listen", "http://0.0.0.0:7070",
            "--broker", "amqp://coordinator:secret@127.0.0.1:1/mneme");

        var ended = await program.End();

        (ended.ExitCode, ended.Output).ShouldBe((2, ""), ended.Errors);
        ended.Errors.ShouldContain("listen is 0.0.0.0, which other machines reach, without TLS");
    }

    private static async Task<Grant> Drain(LocalCluster cluster, string worker)
    {
        Grant? held = null;
        await Patience.Until("the worker is inside a segment", async () =>
        {
            held = (await cluster.Ledger.Held(Name)).Find(grant => grant.Node == worker);
            return held is not null && await cluster.HasTrained(Name);
        });
        var began = TimeProvider.System.GetTimestamp();
        cluster[worker].Terminate();
        await Patience.Until("it has gone", () => cluster[worker].ExitCode is not null);
        cluster[worker].ExitCode.ShouldBe(0);
        TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(20));
        return held!;
    }

    // A part under the drained worker's epoch, the rest under the next one, and nothing twice.
    private static async Task WasComputedOnce(LocalCluster cluster, Grant drained)
    {
        var commits = await cluster.Ledger.Rows($"""
            SELECT from_step, to_step, final FROM seg_commit
            WHERE experiment = '{Name}' AND segment = {drained.Segment} ORDER BY from_step
            """, row => (From: row.GetInt64(0), To: row.GetInt64(1), Final: row.GetBoolean(2)));
        commits.Count.ShouldBeGreaterThan(1, "the worker was done before it was told to go");
        commits[0].Final.ShouldBeFalse();
        for (var i = 1; i < commits.Count; i++) commits[i].From.ShouldBe(commits[i - 1].To);
        (await cluster.Ledger.Rows($"""
            SELECT cause FROM attempt WHERE experiment = '{Name}' AND segment = {drained.Segment}
              AND epoch = {drained.Epoch}
            """, row => row.GetString(0))).ShouldBe(["part"]);
    }

    private static async Task KillHolder(LocalCluster cluster)
    {
        Grant? held = null;
        await Patience.Until("a worker holds a segment", async () =>
            (held = (await cluster.Ledger.Held(Name)).FirstOrDefault()) is not null);
        cluster[held!.Node].Kill();
        await Patience.Until("its segment is another's", async () =>
            await cluster.Ledger.PassedOn(Name, held.Session) is not null);
    }

    private static async Task KillLeader(LocalCluster cluster)
    {
        await Patience.Until("a standby is there", async () =>
            await cluster.Answers("coordinator-0") && await cluster.Answers("coordinator-1"));
        var before = await cluster.Ledger.Leader();
        cluster[before.Node].Kill();
        await Patience.Until("it has taken over", async () =>
            await cluster.Ledger.Leader() is { IsRunning: true } now && now.Epoch > before.Epoch);
    }
}
