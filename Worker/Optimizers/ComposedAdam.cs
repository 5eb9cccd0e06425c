using Mneme.Worker.Torch;

namespace Mneme.Worker.Optimizers;

/// <summary>Adam out of libtorch's operators, for devices and types the shim has no kernel for.
/// </summary>
internal static class ComposedAdam
{
    internal static void Step(
        Adam adam, ReadOnlySpan<Tensor> parameters, ReadOnlySpan<Gradient> gradients,
        Tensor? active)
    {
        using var scope = new TensorScope();
        using var noGrad = Autograd.NoGrad();
        var mask = active ?? adam.Steps.OnesLike().To(DType.Bool);
        adam.Steps.AddInPlace(mask.To(DType.Int64));
        var constants = LaneConstants.Of(adam);
        for (int i = 0; i < parameters.Length; i++)
            Update(
                parameters[i], adam.Means[i], adam.Variances[i], gradients[i].Multiplied(), adam,
                constants, mask);
    }

    private static void Update(
        Tensor parameter, Tensor mean, Tensor variance, Tensor gradient, Adam adam,
        LaneConstants lane, Tensor mask)
    {
        var newMean = mean * adam.Beta1 + gradient * (1 - adam.Beta1);
        var newVariance = variance * adam.Beta2 + gradient * (1 - adam.Beta2) * gradient;
        var scale = newVariance.Sqrt() * Along(lane.VarianceScale, parameter) + adam.Epsilon;
        var shrunk = parameter * Along(lane.Shrink, parameter);
        var updated = shrunk - Along(lane.StepSize, parameter) * newMean / scale;
        // A choice and not a product with the mask: a diverged lane's NaN times 0 is NaN.
        var here = Along(mask, parameter);
        mean.CopyFrom(Tensor.Where(here, newMean, mean));
        variance.CopyFrom(Tensor.Where(here, newVariance, variance));
        parameter.CopyFrom(Tensor.Where(here, updated, parameter));
    }

    /// <summary>[lane] -> [lane, 1, ...] in the type of the parameter.</summary>
    private static Tensor Along(Tensor perLane, Tensor parameter)
    {
        var shape = Enumerable.Repeat(1L, parameter.Rank).ToArray();
        shape[0] = -1;
        return (perLane.DType == DType.Bool ? perLane : perLane.To(parameter.DType)).View(shape);
    }

    /// <summary>[lane] float64 each.</summary>
    private sealed record LaneConstants(Tensor StepSize, Tensor VarianceScale, Tensor Shrink)
    {
        internal static LaneConstants Of(Adam adam)
        {
            var rate = adam.LearningRate.To(DType.Float64);
            var t = adam.Steps.To(DType.Float64);
            var shrink = adam.WeightDecay is { } decay
                ? 1 - rate * decay.To(DType.Float64)
                : rate.OnesLike();
            return new(
                rate / (1 - Power(adam.Beta1, t)), (1 - Power(adam.Beta2, t)).Pow(-0.5), shrink);
        }

        private static Tensor Power(double value, Tensor exponent) =>
            (exponent * Math.Log(value)).Exp();
    }
}
