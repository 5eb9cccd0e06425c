namespace Mneme.Worker.Torch;

/// <summary>A number beside a tensor. As in Python a whole number leaves the type of an integer
/// tensor as it is, and a real one makes it real.</summary>
public readonly struct Scalar
{
    private Scalar(Argument value) => Value = value;

    internal Argument Value { get; }

    public static implicit operator Scalar(long value) => new(value);

    public static implicit operator Scalar(double value) => new(value);
}
