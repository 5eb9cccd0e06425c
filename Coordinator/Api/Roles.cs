namespace Mneme.Coordinator.Api;

/// <summary>What a credential is for. A node moves blobs and sees nothing else; a viewer sees; a
/// submitter also enters experiments; an operator does everything.</summary>
[Flags]
internal enum Roles
{
    None = 0,
    Node = 1,
    Viewer = 2,
    Submitter = 4,
    Operator = 8,

    Readers = Viewer | Submitter | Operator,
    Submitters = Submitter | Operator,
    Movers = Node | Operator,

    /// <summary>No token at all.</summary>
    Anyone = 16,
}

internal static class RoleNames
{
    private static readonly Roles[] Single =
        [Roles.Node, Roles.Viewer, Roles.Submitter, Roles.Operator];

    public static IEnumerable<string> All => Single.Select(Name);

    /// <summary>None when it is no role's stable word.</summary>
    public static Roles Parse(string word) => Single.FirstOrDefault(role => Name(role) == word);

    public static string[] Words(this Roles roles) =>
        [.. Single.Where(role => roles.HasFlag(role)).Select(Name)];

    private static string Name(Roles role) => role.ToString().ToLowerInvariant();
}
