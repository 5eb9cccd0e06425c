namespace Mneme.Journal;

/// <summary>The journal cannot be opened or trusted; the message names the file and the
/// reason.</summary>
public class JournalException : Exception
{
    public JournalException(string message) : base(message) { }

    public JournalException(string message, Exception inner) : base(message, inner) { }
}

/// <summary>The store does not answer now. A write may have happened: read, or write the same
/// again.</summary>
public sealed class JournalUnavailable(string message, Exception inner)
    : JournalException(message, inner);
