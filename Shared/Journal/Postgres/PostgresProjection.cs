using System.Diagnostics;
using Npgsql;
using static Mneme.Journal.Postgres.PostgresDatabase;

namespace Mneme.Journal.Postgres;

/// <summary>What each event does to the tables, one statement for each. A statement demands the
/// condition that makes the event true; when it no longer holds (the epoch was passed, the state
/// changed), the whole transaction does not happen.</summary>
internal static class PostgresProjection
{
    private const string Changed =
        $"SELECT demand(count(*)=1, '{PostgresFailure.Conflict}') FROM changed";

    /// <returns>Null: the event touches no table.</returns>
    public static NpgsqlBatchCommand? Of(
        string experiment, long leaderEpoch, ExperimentEvent happened) => happened switch
    {
        ExperimentSubmitted e => Submit(experiment, e),
        SegmentReady e => Segment("state='ready'", "state='blocked'", experiment, e.Segment),
        SegmentGranted e => Grant(experiment, e),
        SegmentCommitted e => Commit(experiment, leaderEpoch, e),
        SegmentReturned e => Return(experiment, e),
        SegmentQuarantined e =>
            Segment("state='quarantined'", "state='ready'", experiment, e.Segment),
        SegmentRetried e => Segment(
            "state='ready', failures=0", "state='quarantined'", experiment, e.Segment),
        ExperimentCompleted => Experiment(
            "state='done'", "state IN ('active', 'held')", experiment),
        NumericsBound e => Experiment("numerics=$2", "numerics=''", experiment, e.Numerics),
        ExperimentHeld => Experiment("state='held'", "state='active'", experiment),
        ExperimentResumed => Experiment("state='active'", "state='held'", experiment),
        ExperimentCancelled => Cancel(experiment),
        EpochsRaised e => Statement(
            """
            UPDATE segment SET epoch=epoch+$2
            WHERE experiment=$1 AND state NOT IN ('committed', 'cancelled')
            """, experiment, e.By),
        OperatorActed => null,
        _ => throw new UnreachableException(happened.GetType().Name),
    };

    private static NpgsqlBatchCommand Experiment(
        string set, string given, string experiment, params ReadOnlySpan<object?> more) =>
        Statement(
            $"""
            WITH changed AS (
              UPDATE experiment SET {set} WHERE experiment=$1 AND {given} RETURNING 1)
            {Changed}
            """, [experiment, .. more]);

    private static NpgsqlBatchCommand Segment(
        string set, string given, string experiment, int segment) => Statement(
        $"""
        WITH changed AS (
          UPDATE segment SET {set} WHERE experiment=$1 AND segment=$2 AND {given} RETURNING 1)
        {Changed}
        """, experiment, segment);

    private static NpgsqlBatchCommand Submit(string experiment, ExperimentSubmitted e) => Statement(
        $"""
        WITH changed AS (
          INSERT INTO experiment VALUES ($1, $2, $3, $4, 'active')
          ON CONFLICT DO NOTHING RETURNING 1),
        segments AS (
          INSERT INTO segment (experiment, segment, state)
          SELECT $1, number, CASE WHEN number IN (SELECT unnest($6)) THEN 'ready' ELSE 'blocked' END
          FROM generate_series(0, $5-1) AS number WHERE EXISTS (SELECT 1 FROM changed))
        {Changed}
        """, experiment, e.Spec, e.SpecSha, e.Numerics, e.Segments, e.Roots.ToArray());

    private static NpgsqlBatchCommand Grant(string experiment, SegmentGranted e) => Statement(
        $"""
        WITH changed AS (
          UPDATE segment SET state='leased', epoch=$3, session=$4
          WHERE experiment=$1 AND segment=$2 AND epoch=$3-1 AND state IN ('ready', 'leased')
          RETURNING 1),
        attempts AS (
          INSERT INTO attempt (experiment, segment, epoch, session)
          SELECT $1, $2, $3, $4 FROM changed)
        {Changed}
        """, experiment, e.Segment, e.Epoch, e.Session);

    // The compare-and-set on the epoch is the fence: a writer whose grant was passed on changes no
    // row.
    private static NpgsqlBatchCommand Commit(
        string experiment, long leaderEpoch, SegmentCommitted e) => Statement(
        $"""
        WITH changed AS (
          UPDATE segment SET state=CASE WHEN $6 THEN 'committed' ELSE 'ready' END,
            done_step=$5, checkpoint=$7
          WHERE experiment=$1 AND segment=$2 AND epoch=$3 AND state='leased' RETURNING 1),
        commits AS (
          INSERT INTO seg_commit SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 FROM changed),
        results AS (
          INSERT INTO result
          SELECT $1, path, $4, $5, $2, $3, diverged_at, chain, steps, points
          FROM changed, unnest($10, $11, $12, $13, $14)
            AS lane(path, diverged_at, chain, steps, points)),
        attempts AS (
          UPDATE attempt SET cause=CASE WHEN $6 THEN 'committed' ELSE 'part' END
          WHERE experiment=$1 AND segment=$2 AND epoch=$3)
        {Changed}
        """,
        experiment, e.Segment, e.Epoch, e.FromStep, e.ToStep, e.Final, e.Checkpoint,
        e.CheckpointBytes, leaderEpoch,
        e.Results.Select(lane => lane.Path).ToArray(),
        e.Results.Select(lane => lane.DivergedAt).ToArray(),
        e.Results.Select(lane => lane.Chain).ToArray(),
        e.Results.Select(lane => lane.Points.Steps).ToArray(),
        e.Results.Select(lane => lane.Points.Values).ToArray());

    private static NpgsqlBatchCommand Return(string experiment, SegmentReturned e) => Statement(
        $"""
        WITH changed AS (
          UPDATE segment SET state='ready', failures=failures+$4
          WHERE experiment=$1 AND segment=$2 AND epoch=$3 AND state='leased' RETURNING 1),
        attempts AS (
          UPDATE attempt SET cause=$5 WHERE experiment=$1 AND segment=$2 AND epoch=$3)
        {Changed}
        """, experiment, e.Segment, e.Epoch, e.Counted ? 1 : 0, e.Cause);

    private static NpgsqlBatchCommand Cancel(string experiment) => Statement(
        $"""
        WITH changed AS (
          UPDATE experiment SET state='cancelled'
          WHERE experiment=$1 AND state IN ('active', 'held') RETURNING 1),
        segments AS (
          UPDATE segment SET state='cancelled', epoch=epoch+1
          WHERE experiment=$1 AND state<>'committed')
        {Changed}
        """, experiment);
}
