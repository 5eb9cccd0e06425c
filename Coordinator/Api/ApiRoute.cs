namespace Mneme.Coordinator.Api;

/// <summary>How a credential that is good for one node or experiment alone is judged.</summary>
internal enum Reach
{
    /// <summary>The endpoint is about everything: such a credential does not reach it.</summary>
    Cluster = 0,

    /// <summary>The target in the path must be that node or experiment.</summary>
    Target = 1,

    /// <summary>The experiment in the body must be it; the endpoint looks for itself.</summary>
    Body = 2,

    /// <summary>It tells nothing of nodes and experiments.</summary>
    Nothing = 3,
}

/// <summary>What must hold of a request before its endpoint sees it.</summary>
/// <param name="OnlyLeader">A coordinator that does not lead sends the asker on.</param>
internal sealed record Needs(Roles Roles, Reach Reach, bool OnlyLeader = true);

/// <summary>One endpoint.</summary>
/// <param name="Command">What a person calls it.</param>
/// <param name="Query">Names of what may stand after the question mark.</param>
internal sealed record ApiRoute(
    string Method, string Path, Roles Roles, Reach Reach, string Command,
    Func<Asked, Task> Handle, params string[] Query)
{
    public const string Target = "target";

    public bool OnlyLeader { get; init; } = true;

    public Needs Needs => new(Roles, Reach, OnlyLeader);
}
