using System.Collections.Concurrent;

namespace Mneme.Worker.Torch;

/// <summary>Any operator of libtorch by its name, for those that <see cref="Tensor"/>
/// lacks.</summary> <example><c>Operators.Call("aten::cumsum", "", x, 1)</c></example>
public static class Operators
{
    private static readonly ConcurrentDictionary<(string, string), Operator> Found = new();

    /// <summary>Calls an operator that returns one tensor. Last arguments that are left out take
    /// the defaults of the operator's schema.</summary>
    public static Tensor Call(
        string name, string overload, params ReadOnlySpan<Argument> arguments) =>
        Get(name, overload).Call(arguments);

    /// <summary>Calls an operator that returns several tensors.</summary>
    public static Tensor[] CallMany(
        string name, string overload, params ReadOnlySpan<Argument> arguments) =>
        Get(name, overload).CallMany(arguments);

    /// <summary>Whether this libtorch has the operator. Versions differ: ask, do not
    /// assume.</summary>
    public static bool Exist(string name, string overload = "") => Get(name, overload).Exists;

    private static Operator Get(string name, string overload) =>
        Found.GetOrAdd((name, overload), static key => new Operator(key.Item1, key.Item2));
}
