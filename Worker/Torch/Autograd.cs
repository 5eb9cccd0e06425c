namespace Mneme.Worker.Torch;

/// <summary>Gradients, and whether they are recorded.</summary>
public static class Autograd
{
    /// <summary>Gradients of one scalar output.</summary>
    public static Tensor[] Grad(Tensor output, params ReadOnlySpan<Tensor> inputs) =>
        Grad([output], inputs);

    /// <summary>Gradients of <c>sum(outputs * gradOutputs)</c> with respect to the
    /// inputs.</summary>
    /// <param name="gradOutputs">One per output, of its shape; none for scalar outputs.</param>
    /// <param name="createGraph">Record the gradients too, so that they can be derived
    /// again.</param>
    /// <param name="retainGraph">Keep the graph for another call; by default as
    /// createGraph.</param>
    /// <param name="allowUnused">An input that no output used gets zeros instead of an
    /// error.</param>
    public static unsafe Tensor[] Grad(
        ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> inputs,
        ReadOnlySpan<Tensor> gradOutputs = default, bool createGraph = false,
        bool? retainGraph = null, bool allowUnused = false)
    {
        if (!gradOutputs.IsEmpty && gradOutputs.Length != outputs.Length)
            throw new TorchException("autograd.grad: give one gradient per output, or none");
        nint* handles = stackalloc nint[outputs.Length * 2 + inputs.Length * 2];
        nint* seeds = handles + outputs.Length;
        nint* wanted = seeds + outputs.Length;
        nint* gradients = wanted + inputs.Length;
        Tensor.CopyHandles(outputs!, handles);
        Tensor.CopyHandles(gradOutputs!, seeds);
        Tensor.CopyHandles(inputs!, wanted);
        int status = Native.Grad(
            handles, outputs.Length, wanted, inputs.Length, gradOutputs.IsEmpty ? null : seeds,
            createGraph ? 1 : 0, retainGraph ?? createGraph ? 1 : 0, allowUnused ? 1 : 0,
            gradients);
        if (status != 0) throw Refusal(outputs, inputs);
        return Adopt(gradients, inputs);
    }

    /// <summary>Adds to <see cref="Tensor.Gradient"/> of every leaf that the output used.</summary>
    public static void Backward(Tensor output, Tensor? gradOutput = null)
    {
        if (Native.Backward(output.Handle, gradOutput?.Handle ?? 0) != 0)
            throw Refusal([output], []);
    }

    /// <summary>Until disposed, operators on this thread record nothing.</summary>
    public static GradMode NoGrad() => new(false);

    /// <summary>Until disposed, operators on this thread record what gradients need.</summary>
    public static GradMode EnableGrad() => new(true);

    private static unsafe Tensor[] Adopt(nint* gradients, ReadOnlySpan<Tensor> inputs)
    {
        var made = new Tensor[inputs.Length];
        for (int i = 0; i < made.Length; i++)
            made[i] = gradients[i] != 0 ? new Tensor(gradients[i]) : inputs[i].ZerosLike();
        return made;
    }

    private static TorchException Refusal(ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> inputs)
    {
        string error = Native.Error();
        return new TorchException($"autograd.grad({List(outputs)}; {List(inputs)}): {error}");
    }

    private static string List(ReadOnlySpan<Tensor> tensors) =>
        string.Join(", ", tensors.ToArray().Select(t => t.ToString()));
}

/// <summary>Restores the thread's former grad mode when disposed.</summary>
public readonly ref struct GradMode
{
    private readonly int before;

    internal GradMode(bool on) => before = Native.GradMode(on ? 1 : 0);

    public void Dispose() => _ = Native.GradMode(before);
}
