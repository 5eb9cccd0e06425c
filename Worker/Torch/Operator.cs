namespace Mneme.Worker.Torch;

/// <summary>One operator of libtorch, found once by name and overload.</summary>
internal sealed class Operator(string name, string overload = "")
{
    private const int MostResults = 64;

    private nint handle;

    private string Title => overload.Length == 0 ? name : $"{name}.{overload}";

    /// <summary>Whether this libtorch has it.</summary>
    internal bool Exists => Find() != 0;

    /// <summary>Calls it for its one tensor; left-out last arguments take their defaults.</summary>
    internal unsafe Tensor Call(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result;
        int count = Invoke(arguments, &result, 1);
        return count == 1 && result.Kind == ValueKind.Tensor
            ? new Tensor((nint)result.Bits)
            : throw new TorchException($"{Title}: does not return one tensor");
    }

    /// <summary>Calls an in-place operator; what it returns is the target under a new
    /// handle.</summary>
    internal unsafe Tensor CallInPlace(Tensor target, params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result;
        Invoke(arguments, &result, 1);
        nint duplicate = (nint)result.Bits;
        Native.Free(&duplicate, 1);
        return target;
    }

    internal unsafe Tensor[] CallMany(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MostResults];
        var made = new Tensor[Invoke(arguments, results, MostResults)];
        for (int i = 0; i < made.Length; i++) made[i] = new Tensor((nint)results[i].Bits);
        return made;
    }

    /// <summary>Calls an operator whose result is a number or a flag.</summary>
    internal unsafe double CallForNumber(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result;
        Invoke(arguments, &result, 1);
        return result.Kind == ValueKind.Real
            ? BitConverter.Int64BitsToDouble(result.Bits)
            : result.Bits;
    }

    private unsafe int Invoke(
        ReadOnlySpan<Argument> arguments, NativeValue* results, int capacity)
    {
        int words = 0;
        foreach (ref readonly var argument in arguments) words += argument.Words;
        nint* lists = stackalloc nint[words];
        NativeValue* values = stackalloc NativeValue[arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            values[i] = Pack(in arguments[i], lists);
            lists += arguments[i].Words;
        }
        int count = Native.Call(Required(), values, arguments.Length, results, capacity);
        return count >= 0 ? count : throw Refusal(arguments);
    }

    private static unsafe NativeValue Pack(in Argument argument, nint* list)
    {
        var value = new NativeValue { Kind = argument.Kind, Bits = argument.Bits };
        if (argument.Reference is Tensor tensor)
        {
            value.Bits = tensor.Handle;
            return value;
        }
        int count = argument.Words;
        if (count == 0) return value;
        if (argument.Reference is long[] integers) integers.CopyTo(new Span<long>(list, count));
        if (argument.Reference is Tensor?[] tensors) Tensor.CopyHandles(tensors, list);
        (value.Count, value.Bits) = (count, (long)list);
        return value;
    }

    private nint Find() => handle != 0 ? handle : handle = Native.FindOperator(name, overload);

    private nint Required() => Find() is var found && found != 0
        ? found
        : throw new TorchException($"{Title}: libtorch {LibTorch.Version} has no such operator");

    private TorchException Refusal(ReadOnlySpan<Argument> arguments)
    {
        string error = Native.Error();
        var given = new List<string>();
        foreach (var argument in arguments) given.Add(argument.Describe());
        return new TorchException($"{Title}({string.Join(", ", given)}): {error}");
    }
}
