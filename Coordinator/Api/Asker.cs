namespace Mneme.Coordinator.Api;

/// <summary>Who asks, as far as the token says.</summary>
/// <param name="Name">The credential's.</param>
/// <param name="Scope">The only node or experiment that it is good for; null: all.</param>
internal sealed record Asker(string Name, Roles Role, string? Scope)
{
    /// <summary>What cannot be a credential's name in the journal.</summary>
    public const string Root = "root";

    public bool Reaches(string target) => Scope is null || Scope == target;
}
