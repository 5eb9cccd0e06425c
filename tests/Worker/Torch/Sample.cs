using Mneme.Worker.Torch;

namespace Mneme.Tests.Worker.Torch;

/// <summary>Numbers about normally distributed that depend on nothing but (seed, index).</summary>
internal static class Sample
{
    internal static Tensor Normal(int seed, params long[] shape)
    {
        long count = shape.Aggregate(1L, (product, size) => product * size);
        var elements = new float[count];
        for (int i = 0; i < count; i++) elements[i] = Value(seed, i);
        return Tensor.From(elements, shape);
    }

    private static float Value(int seed, int index)
    {
        double first = (Mix(seed, index, 0) + 1.0) / (ulong.MaxValue + 2.0);
        double second = Mix(seed, index, 1) / (double)ulong.MaxValue;
        return (float)(Math.Sqrt(-2 * Math.Log(first)) * Math.Cos(2 * Math.PI * second));
    }

    // SplitMix64, Steele, Lea and Flood 2014.
    private static ulong Mix(int seed, int index, int part)
    {
        ulong z = (ulong)seed * 0x9E3779B97F4A7C15 + (ulong)index * 2 + (ulong)part;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
