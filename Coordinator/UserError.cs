namespace Mneme.Coordinator;

/// <summary>Something that a user can put right: the message says what, where and how. Ends the
/// program with its exit code and without a stack trace.</summary>
public sealed class UserError : Exception
{
    public const int Failed = 1;
    public const int Usage = 2;

    public UserError(string message, int exitCode = Failed, Exception? inner = null)
        : base(message, inner) =>
        ExitCode = exitCode;

    public int ExitCode { get; }
}
