namespace Mneme.Worker.Torch;

/// <summary>The libtorch that this process loaded.</summary>
public static class LibTorch
{
    public static string Version { get; } = Native.Version();

    /// <summary>Name and file of the BLAS in use.</summary>
    public static string Blas { get; } = Native.Blas();

    /// <summary>The reference BLAS is 25 times slower than OpenBLAS: worth a warning.</summary>
    public static bool BlasIsReference { get; } =
        Blas.Contains("/blas/", StringComparison.Ordinal)
        || Blas.Contains("/librefblas", StringComparison.Ordinal);

    public static bool HasCuda { get; } = Native.CudaAvailable() != 0;

    /// <summary>A line for a log, with the remedy when the BLAS is slow.</summary>
    public static string Describe() =>
        $"libtorch {Version}, BLAS {Blas}" + (BlasIsReference
            ? " (warning: the reference BLAS is slow; apt-get install libopenblas0-serial)"
            : "");
}
