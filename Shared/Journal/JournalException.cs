namespace Mneme.Journal;

/// <summary>The journal cannot be opened or trusted; the message names the file and the
/// reason.</summary>
public sealed class JournalException : Exception
{
    public JournalException(string message) : base(message) { }

    public JournalException(string message, Exception inner) : base(message, inner) { }
}
