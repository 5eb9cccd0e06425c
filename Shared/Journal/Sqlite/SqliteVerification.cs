namespace Mneme.Journal.Sqlite;

/// <summary>The invariants of the tables as queries: each gives the rows that break it.</summary>
internal static class SqliteVerification
{
    private static readonly (string Fault, string Query)[] Rules =
    [
        ("segment {0} has more than one final commit",
            """
            SELECT segment FROM seg_commit WHERE experiment=?1 AND final=1
            GROUP BY segment HAVING count(*)>1
            """),
        ("segment {0} was granted again after its final commit",
            """
            SELECT a.segment FROM attempt a JOIN seg_commit c
            ON c.experiment=a.experiment AND c.segment=a.segment AND c.final=1 AND a.epoch>c.epoch
            WHERE a.experiment=?1
            """),
        ("segment {0} has commits that overlap or leave a gap",
            """
            SELECT segment FROM (SELECT segment, from_step, lag(to_step, 1, from_step)
              OVER (PARTITION BY segment ORDER BY from_step) AS before
              FROM seg_commit WHERE experiment=?1) WHERE from_step<>before
            """),
        ("path {0} has result rows that overlap or leave a gap",
            """
            SELECT path FROM (SELECT path, from_step, lag(to_step, 1, from_step)
              OVER (PARTITION BY path ORDER BY from_step) AS before
              FROM result WHERE experiment=?1) WHERE from_step<>before
            """),
        ("segment {0} is committed without a commit row",
            """
            SELECT segment FROM segment s
            WHERE experiment=?1 AND state='committed' AND NOT EXISTS
              (SELECT 1 FROM seg_commit c
               WHERE c.experiment=s.experiment AND c.segment=s.segment AND c.final=1)
            """),
        ("the stream has a gap before event {0}",
            """
            SELECT seq FROM (SELECT seq, lag(seq, 1, 0) OVER (ORDER BY seq) AS before
              FROM journal WHERE experiment=?1) WHERE seq<>before+1
            """),
        ("the leader's epoch falls at event {0}",
            """
            SELECT seq FROM
              (SELECT seq, leader_epoch, lag(leader_epoch, 1, 0) OVER (ORDER BY seq) AS before
               FROM journal WHERE experiment=?1) WHERE leader_epoch<before
            """),
    ];

    public static IReadOnlyList<string> Faults(SqliteDatabase database, string experiment) =>
        [.. Rules.SelectMany(rule => database
            .Query(rule.Query, row => row.GetInt64(0), experiment)
            .Select(row => rule.Fault.Replace("{0}", $"{row}", StringComparison.Ordinal)))];
}
