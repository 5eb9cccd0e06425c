using Mneme.Coordinator.Dispatch;
using Mneme.Messages;
using Mneme.Specs;

namespace Mneme.Coordinator.Leadership;

/// <summary>Which workers may join.</summary>
internal static class Admission
{
    private const int MostSlots = 1024;

    /// <returns>Why not, or null.</returns>
    public static Refusal? Of(Hello hello, CoordinatorSurroundings outside, DateTimeOffset now) =>
        Version(hello) ?? Name(hello) ?? Catalogue(hello, outside) ?? Token(hello, outside, now);

    private static Refusal? Version(Hello hello) => hello.Protocol == MessageCodec.Protocol
        ? null
        : new Refusal("proto",
            $"this coordinator speaks protocol {MessageCodec.Protocol}, the worker "
            + $"{hello.Protocol}: run the same version of the program on both");

    private static Refusal? Name(Hello hello)
    {
        if (string.IsNullOrEmpty(hello.Node) || SpecNames.Fault(hello.Node) is not null)
            return new Refusal("name", $"a node's name must be {SpecNames.Rule}");
        return hello.Slots is > 0 and <= MostSlots
            ? null
            : new Refusal("slots", $"a worker has 1 to {MostSlots} slots, not {hello.Slots}");
    }

    private static Refusal? Catalogue(Hello hello, CoordinatorSurroundings outside)
    {
        var own = CatalogueIdentity.Of(outside.Schemas);
        return hello.Catalogue == own
            ? null
            : new Refusal("catalogue",
                $"this coordinator's catalogue of families is {own}, the worker's "
                + $"{hello.Catalogue}: run the same build of the program on both");
    }

    private static Refusal? Token(
        Hello hello, CoordinatorSurroundings outside, DateTimeOffset now)
    {
        if (outside.Credentials is not { } known) return null;
        var credential = hello.Credential is { } token ? known.Of(token, now) : null;
        return credential is { Role: "node" or "operator" } && MayBe(hello.Node, credential.Scope)
            ? null
            : new Refusal("credential",
                "the worker's token is missing, expired, revoked or not for this node: "
                + "an operator makes one with './mneme cluster token create --role node'");
    }

    private static bool MayBe(string node, string? scope) => scope is null || scope == node;
}
