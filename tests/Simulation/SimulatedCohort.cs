using System.Security.Cryptography;
using Mneme.Actors;
using Mneme.Blobs;
using Mneme.Messages;
using Mneme.Results;
using Mneme.Worker;
using Mneme.Worker.Cohorts;

namespace Mneme.Tests.Simulation;

/// <summary>A cohort whose training takes virtual time. A lane's state is a hash over its seed and
/// every step it was ever advanced by, so that a step lost, doubled or taken from the wrong parent
/// shows in its numbers.</summary>
internal sealed class SimulatedCohort(
    IBlobStore blobs, Address<WorkerMessage> worker, TimeSpan step, Action<long> computed)
    : Actor<CohortMessage>
{
    private byte[][]? lanes;
    private Assign? assign;
    private long reached;

    protected override async ValueTask Receive(CohortMessage message)
    {
        switch (message)
        {
            case CohortMessage.Begin begin:
                assign = begin.Assign;
                lanes = assign.Parents.IsEmpty
                    ? Fresh(assign)
                    : lanes ?? await Load(assign);
                reached = assign.FromStep;
                Here.Every("step", step, new CohortMessage.Trained(
                    assign, new SegmentOutcome(0, [], [], null)));
                break;
            case CohortMessage.Trained trained when trained.Assign == assign: await Step(); break;
            case CohortMessage.Drain when assign is not null: await Finish(); break;
        }
    }

    private async ValueTask Step()
    {
        computed(assign!.Lanes.Length);
        worker.Offer(new WorkerMessage.Say(
            new Progress(assign.Segment, assign.Epoch, ++reached)));
        if (reached == assign.ToStep) await Finish();
    }

    private static byte[][] Fresh(Assign assign) =>
        [.. assign.Lanes.Select(lane => SHA256.HashData(BitConverter.GetBytes(lane.Seed)))];

    private async Task<byte[][]> Load(Assign assign)
    {
        var parents = new List<byte[]>();
        foreach (var sha in assign.Parents) parents.Add(await blobs.Get(Sha.Parse(sha)));
        return [.. assign.Lanes.Select(lane => parents[lane.Source.Parent]
            [(lane.Source.Lane * 32)..((lane.Source.Lane + 1) * 32)])];
    }

    private async ValueTask Finish()
    {
        var (done, toStep) = (assign!, reached);
        assign = null;
        Here.Cancel("step");
        if (toStep == done.FromStep)
        {
            worker.Offer(new WorkerMessage.Say(new Release(done.Segment, done.Epoch, "drained")));
            return;
        }
        var points = lanes!.Select(_ => new List<double[]>()).ToList();
        for (var s = done.FromStep; s < toStep; s++)
            for (var k = 0; k < lanes!.Length; k++)
            {
                lanes[k] = SHA256.HashData([.. lanes[k], .. BitConverter.GetBytes(s)]);
                points[k].Add([BitConverter.ToInt32(lanes[k])]);
            }
        var checkpoint = await blobs.Put(lanes!.SelectMany(lane => lane).ToArray());
        worker.Offer(new WorkerMessage.Say(new Commit(
            done.Segment, done.Epoch, done.FromStep, toStep, toStep == done.ToStep,
            checkpoint.Sha.Hex, checkpoint.Size,
            [.. lanes!.Select((lane, k) => new LaneResult(
                done.Lanes[k].Path, null, Convert.ToHexStringLower(lane),
                PackedPoints.Of(StepsOf(done, toStep), points[k])))], null)));
    }

    private static List<long> StepsOf(Assign assign, long toStep) =>
        [.. Enumerable.Range(1, (int)(toStep - assign.FromStep)).Select(i => assign.FromStep + i)];
}
