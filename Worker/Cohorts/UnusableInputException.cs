namespace Mneme.Worker.Cohorts;

/// <summary>A file or a setting of the user's cannot be used here; the message says what to do.
/// </summary>
public sealed class UnusableInputException(string message, Exception? reason = null)
    : Exception(message, reason);
