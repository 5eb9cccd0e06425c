namespace Mneme.Tests.Shared.Random;

/// <summary>Elements 0 to 3 of seed 7, stream "init/W1", step 1: results on disk depend on them.
/// Computed by an independent Philox in Python with numpy's float64 logarithm and cosine.</summary>
internal static class Pinned
{
    public static readonly float[] Uniform =
        [0.0840382576f, 0.0937644839f, 0.369701028f, 0.713537037f];

    public static readonly float[] Normal = [1.85034442f, 1.23660433f, -0.320379764f, -1.37385511f];

    public static readonly long[] Below1000 = [93, 713, 297, 991];
}
