namespace Mneme.Configuration;

/// <summary>What a value looks like in the file.</summary>
public enum KeyKind
{
    Text = 0,
    Whole = 1,
    Switch = 2,

    /// <summary>A text that is shown nowhere.</summary>
    Secret = 3,
}

/// <summary>One thing that can be configured.</summary>
/// <param name="Name">In the file; a dot stands for a mapping in a mapping.</param>
/// <param name="Processes">Those that know it; to the others it is an error.</param>
/// <param name="Default">In words.</param>
/// <param name="Example">As the file would have it.</param>
/// <param name="Meaning">One sentence.</param>
public sealed record ConfigurationKey(
    string Name, KeyKind Kind, Processes Processes, string Default, string Example, string Meaning)
{
    /// <summary>In the environment.</summary>
    public string Variable => $"MNEME_{Name.ToUpperInvariant().Replace('.', '_')}";

    /// <summary>On the command line.</summary>
    public string Flag => $"--{Name.Replace('.', '-').Replace('_', '-')}";
}
