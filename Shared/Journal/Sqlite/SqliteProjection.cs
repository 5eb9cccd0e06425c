using System.Diagnostics;
using Mneme.Messages;

namespace Mneme.Journal.Sqlite;

/// <summary>What each event does to the tables. False: the condition that makes the event true no
/// longer holds (the epoch was passed, the state changed), so the whole transaction must not
/// happen.</summary>
internal sealed class SqliteProjection(SqliteDatabase database)
{
    public bool Apply(
        string experiment, long leaderEpoch, ExperimentEvent happened) => happened switch
    {
        ExperimentSubmitted e => Submit(experiment, e),
        SegmentReady e => Open(experiment, e),
        SegmentGranted e => Grant(experiment, e),
        SegmentCommitted e => Commit(experiment, leaderEpoch, e),
        SegmentReturned e => Return(experiment, e),
        SegmentQuarantined e => Quarantine(experiment, e),
        ExperimentCompleted => database.Execute(
            """
            UPDATE experiment SET state='done'
            WHERE experiment=$1 AND state IN ('active', 'held')
            """, experiment) == 1,
        NumericsBound e => database.Execute(
            "UPDATE experiment SET numerics=$2 WHERE experiment=$1 AND numerics=''",
            experiment, e.Numerics) == 1,
        ExperimentHeld => Turn(experiment, "active", "held"),
        ExperimentResumed => Turn(experiment, "held", "active"),
        ExperimentCancelled => Cancel(experiment),
        SegmentRetried e => Retry(experiment, e),
        EpochsRaised e => database.Execute(
            """
            UPDATE segment SET epoch=epoch+$2
            WHERE experiment=$1 AND state NOT IN ('committed', 'cancelled')
            """, experiment, e.By) >= 0,
        OperatorActed => true,
        _ => throw new UnreachableException(happened.GetType().Name),
    };

    private bool Submit(string experiment, ExperimentSubmitted e)
    {
        if (database.Execute("INSERT OR IGNORE INTO experiment VALUES ($1, $2, $3, $4, 'active')",
            experiment, e.Spec, e.SpecSha, e.Numerics) == 0) return false;
        var roots = e.Roots.ToHashSet();
        for (var i = 0; i < e.Segments; i++)
            database.Execute("INSERT INTO segment (experiment, segment, state) VALUES ($1, $2, $3)",
                experiment, i, roots.Contains(i) ? "ready" : "blocked");
        return true;
    }

    private bool Open(string experiment, SegmentReady e) => database.Execute(
        "UPDATE segment SET state='ready' WHERE experiment=$1 AND segment=$2 AND state='blocked'",
        experiment, e.Segment) == 1;

    private bool Grant(string experiment, SegmentGranted e) =>
        database.Execute(
            """
            UPDATE segment SET state='leased', epoch=$3, session=$4
            WHERE experiment=$1 AND segment=$2 AND epoch=$3-1 AND state IN ('ready', 'leased')
            """, experiment, e.Segment, e.Epoch, e.Session) == 1
        && database.Execute(
            "INSERT INTO attempt (experiment, segment, epoch, session) VALUES ($1, $2, $3, $4)",
            experiment, e.Segment, e.Epoch, e.Session) == 1;

    // The compare-and-set on the epoch is the fence: a writer whose grant was passed on changes no
    // row.
    private bool Commit(string experiment, long leaderEpoch, SegmentCommitted e)
    {
        var fresh = database.Execute(
            """
            UPDATE segment SET state=$4, done_step=$5, checkpoint=$6
            WHERE experiment=$1 AND segment=$2 AND epoch=$3 AND state='leased'
            """, experiment, e.Segment, e.Epoch, e.Final ? "committed" : "ready",
            e.ToStep, e.Checkpoint) == 1;
        if (!fresh) return false;
        database.Execute(
            "INSERT INTO seg_commit VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            experiment, e.Segment, e.Epoch, e.FromStep, e.ToStep, e.Final,
            e.Checkpoint, e.CheckpointBytes, leaderEpoch);
        foreach (var lane in e.Results) Record(experiment, e, lane);
        End(experiment, e.Segment, e.Epoch, e.Final ? "committed" : "part");
        return true;
    }

    private void Record(string experiment, SegmentCommitted e, LaneResult lane) => database.Execute(
        "INSERT INTO result VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        experiment, lane.Path, e.FromStep, e.ToStep, e.Segment, e.Epoch,
        lane.DivergedAt, lane.Chain, lane.Points.Steps, lane.Points.Values);

    private bool Return(string experiment, SegmentReturned e)
    {
        End(experiment, e.Segment, e.Epoch, e.Cause);
        return database.Execute(
            """
            UPDATE segment SET state='ready', failures=failures+$4
            WHERE experiment=$1 AND segment=$2 AND epoch=$3 AND state='leased'
            """, experiment, e.Segment, e.Epoch, e.Counted ? 1 : 0) == 1;
    }

    private bool Quarantine(string experiment, SegmentQuarantined e) => database.Execute(
        """
        UPDATE segment SET state='quarantined'
        WHERE experiment=$1 AND segment=$2 AND state='ready'
        """, experiment, e.Segment) == 1;

    private bool Turn(string experiment, string from, string to) => database.Execute(
        "UPDATE experiment SET state=$3 WHERE experiment=$1 AND state=$2",
        experiment, from, to) == 1;

    private bool Cancel(string experiment)
    {
        if (database.Execute(
            """
            UPDATE experiment SET state='cancelled'
            WHERE experiment=$1 AND state IN ('active', 'held')
            """, experiment) == 0) return false;
        database.Execute(
            """
            UPDATE segment SET state='cancelled', epoch=epoch+1
            WHERE experiment=$1 AND state<>'committed'
            """, experiment);
        return true;
    }

    private bool Retry(string experiment, SegmentRetried e) => database.Execute(
        """
        UPDATE segment SET state='ready', failures=0
        WHERE experiment=$1 AND segment=$2 AND state='quarantined'
        """, experiment, e.Segment) == 1;

    private void End(string experiment, int segment, long epoch, string cause) => database.Execute(
        "UPDATE attempt SET cause=$4 WHERE experiment=$1 AND segment=$2 AND epoch=$3",
        experiment, segment, epoch, cause);
}
