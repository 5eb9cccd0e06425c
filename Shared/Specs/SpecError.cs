namespace Mneme.Specs;

/// <summary>One thing wrong with a spec, that its author can mend without a manual.</summary>
/// <param name="File">As the user named it.</param>
/// <param name="Line">From 1; 0 when the error is about the whole file.</param>
/// <param name="Column">From 1; 0 when the error is about the whole file.</param>
/// <param name="KeyPath">Where in the spec, e.g. <c>settings.momentum</c>; may be empty.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Expected">What would be right, or null when the remedy says it all.</param>
/// <param name="Remedy">What to do, or null when that is plain.</param>
public sealed record SpecError(
    string File,
    long Line,
    long Column,
    string KeyPath,
    string Message,
    string? Expected = null,
    string? Remedy = null)
{
    /// <summary><c>x.yaml:7:3: unknown key 'stepz'; did you mean 'steps'?</c></summary>
    public override string ToString()
    {
        var place = Line == 0 ? File : $"{File}:{Line}:{Column}";
        var expected = Expected is null ? "" : $"; expected {Expected}";
        var remedy = Remedy is null ? "" : $"; {Remedy}";
        return $"{place}: {Message}{expected}{remedy}";
    }
}
