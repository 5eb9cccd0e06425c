using Mneme.Worker.Torch;

namespace Mneme.Worker.Optimizers;

/// <summary>Limits gradients lane by lane: one lane's NaN must not reach another.</summary>
public static class Clip
{
    // torch.nn.utils.clip_grad_norm_ adds it too.
    private const double Epsilon = 1e-6;

    /// <summary>Scales each lane's gradients so that their common norm is at most the limit.
    /// </summary>
    /// <param name="gradients">Each [lane, ...].</param>
    /// <param name="limit">[lane]</param>
    /// <returns>The scaled gradients and the norms [lane] from before.</returns>
    public static (Tensor[] Gradients, Tensor Norms) GlobalNorm(
        ReadOnlySpan<Tensor> gradients, Tensor limit)
    {
        var norms = Norm(gradients);                                   // [lane]
        var scale = (limit / (norms + Epsilon)).Clamp(high: 1);        // [lane]
        var clipped = new Tensor[gradients.Length];
        for (int i = 0; i < clipped.Length; i++)
        {
            var shape = Enumerable.Repeat(1L, gradients[i].Rank).ToArray();
            shape[0] = -1;
            clipped[i] = gradients[i] * scale.View(shape);
        }
        return (clipped, norms);
    }

    /// <summary>The square root of the sum of a lane's squares over all tensors: [lane].</summary>
    public static Tensor Norm(ReadOnlySpan<Tensor> gradients)
    {
        Tensor? total = null;
        foreach (var gradient in gradients)
        {
            var squares = gradient.Square().Reshape(gradient.Size(0), -1).Sum(1);
            total = total is null ? squares : total + squares;
        }
        return total?.Sqrt() ?? throw new TorchException("clip: no gradients");
    }
}
