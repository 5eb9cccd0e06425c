namespace Mneme.Worker.Torch;

/// <summary>The shim's Adam: one pass over a lane's parameters, moments and gradient.</summary>
internal static unsafe class FusedAdam
{
    /// <summary>What one parameter's step needs; null gradient means the two factors.</summary>
    internal readonly record struct Entry(
        Tensor Parameter, Tensor Mean, Tensor Variance, Tensor? Gradient, Tensor? X, Tensor? Delta)
    {
        public override string ToString() => $"{Parameter} by "
            + (Gradient is null ? $"{X} x {Delta}" : Gradient.ToString());
    }

    /// <summary>A step of every lane that the mask leaves in; counts their steps up.</summary>
    internal static void Step(
        ReadOnlySpan<Entry> entries, Tensor learningRate, Tensor? weightDecay, Tensor steps,
        Tensor? active, (double Beta1, double Beta2, double Epsilon) constants)
    {
        var packed = stackalloc NativeAdamEntry[entries.Length];
        for (int i = 0; i < entries.Length; i++) packed[i] = Pack(entries[i]);
        var settings = new NativeAdamSettings
        {
            LearningRate = learningRate.Handle,
            WeightDecay = weightDecay?.Handle ?? 0,
            Steps = steps.Handle,
            Active = active?.Handle ?? 0,
            Beta1 = constants.Beta1,
            Beta2 = constants.Beta2,
            Epsilon = constants.Epsilon,
        };
        if (Native.Adam(packed, entries.Length, &settings) != 0) throw Refusal(entries);
    }

    private static TorchException Refusal(ReadOnlySpan<Entry> entries)
    {
        string error = Native.Error();
        return new TorchException($"adam({string.Join("; ", entries.ToArray())}): {error}");
    }

    private static NativeAdamEntry Pack(in Entry entry) => new()
    {
        Parameter = entry.Parameter.Handle,
        Mean = entry.Mean.Handle,
        Variance = entry.Variance.Handle,
        Gradient = entry.Gradient?.Handle ?? 0,
        X = entry.X?.Handle ?? 0,
        Delta = entry.Delta?.Handle ?? 0,
    };
}

/// <summary>The layout is that of <c>AdamEntry</c> in adam.cpp.</summary>
internal struct NativeAdamEntry
{
    internal nint Parameter, Mean, Variance, Gradient, X, Delta;
}

/// <summary>The layout is that of <c>AdamSettings</c> in adam.cpp.</summary>
internal struct NativeAdamSettings
{
    internal nint LearningRate, WeightDecay, Steps, Active;
    internal double Beta1, Beta2, Epsilon;
}
