namespace Mneme.Worker.Torch;

/// <summary>Questions asked of each lane alone.</summary>
public static class LaneChecks
{
    /// <summary>Whether all of a lane's elements are finite, in all tensors: [lane] bool.</summary>
    public static unsafe Tensor AreFinite(params ReadOnlySpan<Tensor> tensors)
    {
        if (tensors.IsEmpty) throw new TorchException("lanes: no tensors");
        foreach (var tensor in tensors)
            if (tensor.DType != DType.Float32 || !tensor.Device.IsCpu) return Composed(tensors);
        var finite = Tensor.Empty([tensors[0].Size(0)], DType.Bool);
        nint* handles = stackalloc nint[tensors.Length];
        Tensor.CopyHandles(tensors!, handles);
        return Native.Finite(handles, tensors.Length, finite.Handle) == 0
            ? finite
            : throw new TorchException($"lanes: {Native.Error()}");
    }

    private static Tensor Composed(ReadOnlySpan<Tensor> tensors)
    {
        Tensor? all = null;
        foreach (var tensor in tensors)
        {
            var here = tensor.IsFinite().Reshape(tensor.Size(0), -1).All(1);
            all = all is null ? here : all.LogicalAnd(here);
        }
        return all!;
    }
}
