namespace Mneme.Journal;

/// <summary>The invariants of the tables as queries, in the SQL of every store: each gives the
/// rows that break it.</summary>
internal static class JournalRules
{
    public static readonly (string Fault, string Query)[] All =
    [
        ("segment {0} has more than one final commit",
            """
            SELECT segment FROM seg_commit WHERE experiment=$1 AND final
            GROUP BY segment HAVING count(*)>1
            """),
        ("segment {0} was granted again after its final commit",
            """
            SELECT a.segment FROM attempt a JOIN seg_commit c
            ON c.experiment=a.experiment AND c.segment=a.segment AND c.final AND a.epoch>c.epoch
            WHERE a.experiment=$1
            """),
        ("segment {0} has commits that overlap or leave a gap",
            """
            SELECT segment FROM (SELECT segment, from_step, lag(to_step, 1, from_step)
              OVER (PARTITION BY segment ORDER BY from_step) AS before
              FROM seg_commit WHERE experiment=$1) AS cuts WHERE from_step<>before
            """),
        ("path {0} has result rows that overlap or leave a gap",
            """
            SELECT path FROM (SELECT path, from_step, lag(to_step, 1, from_step)
              OVER (PARTITION BY path ORDER BY from_step) AS before
              FROM result WHERE experiment=$1) AS cuts WHERE from_step<>before
            """),
        ("segment {0} is committed without a commit row",
            """
            SELECT segment FROM segment s
            WHERE experiment=$1 AND state='committed' AND NOT EXISTS
              (SELECT 1 FROM seg_commit c
               WHERE c.experiment=s.experiment AND c.segment=s.segment AND c.final)
            """),
        ("the stream has a gap before event {0}",
            """
            SELECT seq FROM (SELECT seq, lag(seq, 1, 0) OVER (ORDER BY seq) AS before
              FROM journal WHERE experiment=$1) AS events WHERE seq<>before+1
            """),
        ("the leader's epoch falls at event {0}",
            """
            SELECT seq FROM
              (SELECT seq, leader_epoch, lag(leader_epoch, 1, 0) OVER (ORDER BY seq) AS before
               FROM journal WHERE experiment=$1) AS events WHERE leader_epoch<before
            """),
    ];

    /// <summary>What a row of a rule says.</summary>
    public static string Text(string fault, long row) =>
        fault.Replace("{0}", $"{row}", StringComparison.Ordinal);
}
