namespace Mneme.Configuration;

/// <summary>A text that no log, error or dump may show.</summary>
public sealed class Secret(string text) : IEquatable<Secret>
{
    private const string Shown = "***";
    private readonly string text = text;

    /// <summary>For the one place that needs it.</summary>
    public string Reveal() => text;

    public int Length => text.Length;

    public bool Equals(Secret? other) => other is not null && text == other.text;
    public override bool Equals(object? obj) => Equals(obj as Secret);
    public override int GetHashCode() => text.GetHashCode(StringComparison.Ordinal);
    public override string ToString() => Shown;
}
