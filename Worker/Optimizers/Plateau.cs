using Mneme.Worker.Torch;

namespace Mneme.Worker.Optimizers;

/// <summary>Lowers a lane's learning rate when its loss has not fallen for a while, as PyTorch's
/// ReduceLROnPlateau does with its relative threshold of 1e-4. All of it stays on the device.
/// </summary>
/// <param name="rate">The optimiser's; overwritten.   // [lane]</param>
/// <param name="best">State: the lowest loss so far, infinite at first.   // [lane]</param>
/// <param name="waited">State: steps since then.   // [lane]</param>
/// <param name="factor">1: never lowered.   // [lane]</param>
/// <param name="patience">Steps without a lower loss that are borne.   // [lane]</param>
public sealed class Plateau(
    Tensor rate, Tensor best, Tensor waited, Tensor factor, Tensor patience)
{
    private const double Threshold = 1 - 1e-4;

    /// <param name="loss">[lane]</param>
    public void Observe(Tensor loss)
    {
        var isLower = loss.Lt(best * Threshold);
        best.CopyFrom(Tensor.Where(isLower, loss, best));
        var wait = Tensor.Where(isLower, waited.ZerosLike(), waited + 1.0);
        var isOver = wait.Gt(patience);
        rate.CopyFrom(Tensor.Where(isOver, rate * factor, rate));
        waited.CopyFrom(Tensor.Where(isOver, wait.ZerosLike(), wait));
    }
}
