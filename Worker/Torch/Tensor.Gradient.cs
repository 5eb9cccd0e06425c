namespace Mneme.Worker.Torch;

/// <summary>What autograd knows of a tensor.</summary>
public sealed partial class Tensor
{
    private static readonly Operator DetachOperator = new("aten::detach");

    public bool RequiresGrad
    {
        get => TensorFacts.Read(Handle).RequiresGrad != 0;
        set => Check(Native.SetRequiresGrad(Handle, value ? 1 : 0));
    }

    /// <summary>What <see cref="Autograd.Backward"/> added up so far; null before the
    /// first.</summary>
    public Tensor? Gradient =>
        Native.Gradient(Handle) is var found && found != 0 ? new Tensor(found) : null;

    /// <summary>Asks autograd to derive by this leaf.</summary>
    public Tensor RequireGrad()
    {
        RequiresGrad = true;
        return this;
    }

    /// <summary>The same elements, a constant to autograd.</summary>
    public Tensor Detach() => DetachOperator.Call(this);
}
