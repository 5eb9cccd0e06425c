namespace Mneme.Results;

/// <summary>A file is not what its format says; it may be cut, damaged or hostile.</summary>
public sealed class MalformedFileException(string file, string problem, Exception? cause = null)
    : Exception($"{file}: {Clipped(problem)}", cause)
{
    // A hostile file has names as long as it likes.
    private const int MaximumProblemLength = 400;

    public string File { get; } = file;
    public string Problem { get; } = Clipped(problem);

    private static string Clipped(string problem) =>
        problem.Length <= MaximumProblemLength
            ? problem
            : string.Concat(problem.AsSpan(0, MaximumProblemLength), "...");
}
