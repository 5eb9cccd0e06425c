namespace Mneme.Worker.Torch;

/// <summary>Where a tensor's elements lie: <c>cpu</c> or <c>cuda:0</c>.</summary>
public readonly record struct Device(string Name)
{
    public static readonly Device Cpu = new("cpu");

    public static Device Cuda(int index) => new($"cuda:{index}");

    public bool IsCpu => Name == "cpu";

    public static implicit operator Device(string name) => new(name);

    public override string ToString() => Name;
}
