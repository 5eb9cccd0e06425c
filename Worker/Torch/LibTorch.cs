namespace Mneme.Worker.Torch;

/// <summary>The libtorch that this process loaded.</summary>
public static class LibTorch
{
    private const string Remedy = "apt-get install libopenblas0-pthread";

    public static string Version { get; } = Native.Version();

    /// <summary>Name and file of the BLAS in use.</summary>
    public static string Blas { get; } = Native.Blas();

    /// <summary>The reference BLAS is 25 times slower than OpenBLAS.</summary>
    public static bool BlasIsReference { get; } =
        Blas.Contains("/blas/", StringComparison.Ordinal)
        || Blas.Contains("/librefblas", StringComparison.Ordinal);

    /// <summary>An OpenBLAS without locks: the shim lets threads take turns at it, so that their
    /// products are right, but they wait for each other.</summary>
    public static bool BlasLacksLocks { get; } =
        Blas.Contains("SINGLE_THREADED", StringComparison.Ordinal);

    public static bool HasCuda { get; } = Native.CudaAvailable() != 0;

    /// <summary>What makes training slow here and how to cure it; null when nothing does.
    /// </summary>
    public static string? Warning =>
        BlasIsReference ? $"the reference BLAS is slow: {Remedy}"
        : BlasLacksLocks ? $"this OpenBLAS has no locks, so threads take turns at it: {Remedy}"
        : null;

    /// <summary>A line for a log.</summary>
    public static string Describe() =>
        $"libtorch {Version}, BLAS {Blas}" + (Warning is { } text ? $" (warning: {text})" : "");
}
