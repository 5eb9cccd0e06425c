using Mneme.Blobs;
using Mneme.Results;
using Mneme.Worker.Cohorts;

namespace Mneme.Worker;

/// <summary>Errors of a cohort in the words of the protocol.</summary>
internal static class Failures
{
    private const int LongestText = 8 * 1024;

    public static string CauseOf(Exception error) => error switch
    {
        BadCheckpointException or MalformedFileException or BlobDamaged or BlobMissing =>
            "bad_checkpoint",
        OutOfMemoryException => "oom",
        BlobError or IOException => "storage",
        _ => "user_error",
    };

    public static string TextOf(Exception error)
    {
        var text = error.Message;
        return text.Length <= LongestText ? text : text[..LongestText];
    }
}
