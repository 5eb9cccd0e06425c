namespace Mneme.Worker.Torch;

/// <summary>An argument of an operator; converts by itself from what operators take.</summary>
public readonly struct Argument
{
    private Argument(ValueKind kind, long bits, object? reference = null) =>
        (Kind, Bits, Reference) = (kind, bits, reference);

    internal ValueKind Kind { get; }

    internal long Bits { get; }

    internal object? Reference { get; }

    /// <summary>No value: an optional argument that is absent.</summary>
    public static Argument None => default;

    public static Argument OptionalTensors(params Tensor?[] list) =>
        new(ValueKind.OptionalTensors, 0, list);

    public static implicit operator Argument(Tensor? value) =>
        value is null ? default : new(ValueKind.Tensor, 0, value);

    public static implicit operator Argument(long value) => new(ValueKind.Integer, value);

    public static implicit operator Argument(int value) => new(ValueKind.Integer, value);

    public static implicit operator Argument(DType value) => new(ValueKind.Integer, (long)value);

    public static implicit operator Argument(bool value) => new(ValueKind.Flag, value ? 1 : 0);

    public static implicit operator Argument(double value) =>
        new(ValueKind.Real, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Argument(Scalar value) => value.Value;

    public static implicit operator Argument(long[] value) => new(ValueKind.Integers, 0, value);

    public static implicit operator Argument(ReadOnlySpan<long> value) => value.ToArray();

    public static implicit operator Argument(Tensor[] value) => new(ValueKind.Tensors, 0, value);

    public static implicit operator Argument(string value) =>
        new(ValueKind.Text, NativeText.Of(value), value);

    public static implicit operator Argument(Device value) =>
        new(ValueKind.Device, NativeText.Of(value.Name), value.Name);

    /// <summary>How many words of a list cross beside the argument.</summary>
    internal int Words => Reference switch
    {
        long[] integers => integers.Length,
        Tensor?[] tensors => tensors.Length,
        _ => 0,
    };

    internal string Describe() => Kind switch
    {
        ValueKind.None => "none",
        ValueKind.Integer => Bits.ToString(),
        ValueKind.Flag => Bits != 0 ? "true" : "false",
        ValueKind.Real => BitConverter.Int64BitsToDouble(Bits).ToString(),
        ValueKind.Integers => $"[{string.Join(", ", (long[])Reference!)}]",
        ValueKind.Tensors or ValueKind.OptionalTensors =>
            $"[{string.Join(", ", ((Tensor?[])Reference!).Select(t => t?.ToString() ?? "none"))}]",
        _ => Reference?.ToString() ?? "none",
    };
}
