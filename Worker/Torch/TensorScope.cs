namespace Mneme.Worker.Torch;

/// <summary>Owns every tensor that its thread makes while it is open, and frees them when it
/// closes: the temporaries of a step. What shall live longer is kept or handed out.</summary>
public sealed class TensorScope : IDisposable
{
    [ThreadStatic]
    private static TensorScope? current;

    [ThreadStatic]
    private static List<Tensor?>? spare;

    private readonly TensorScope? outer = current;
    private List<Tensor?>? owned;

    public TensorScope()
    {
        (owned, spare) = (spare ?? new List<Tensor?>(64), null);
        current = this;
    }

    internal static TensorScope? Current => current;

    /// <summary>Hands the tensor to the enclosing scope, or to the caller when there is
    /// none.</summary>
    public Tensor MoveOut(Tensor tensor)
    {
        tensor.Keep();
        outer?.Own(tensor);
        return tensor;
    }

    /// <summary>Frees every tensor that it still owns.</summary>
    public void Dispose()
    {
        if (owned is not { } list) return;
        if (current != this)
            throw new InvalidOperationException("scopes close on their thread, innermost first");
        owned = null;
        current = outer;
        Tensor.FreeAll(list);
        list.Clear();
        spare = list;
    }

    internal int Own(Tensor tensor)
    {
        owned!.Add(tensor);
        return tensor.OwnedBy(this, owned.Count - 1);
    }

    internal void Disown(int place) => owned![place] = null;
}
