using Mneme.Actors;
using Mneme.Messages;
using Mneme.Worker;
using Mneme.Worker.Cohorts;

namespace Mneme.Benchmarks.Cluster;

/// <summary>Holds its segment for ever, and is one step further every second.</summary>
internal sealed class HoldingCohort(Address<WorkerMessage> worker) : Actor<CohortMessage>
{
    private long step;

    protected override ValueTask Receive(CohortMessage message)
    {
        if (message is not CohortMessage.Begin { Assign: var assign } begin) return default;
        if (step == 0) Here.Every("step", TimeSpan.FromSeconds(1), begin);
        worker.Offer(new WorkerMessage.Say(new Progress(assign.Segment, assign.Epoch, ++step)));
        return default;
    }
}
