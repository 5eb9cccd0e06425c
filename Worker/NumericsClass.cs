using System.Security.Cryptography;
using System.Text;
using Mneme.Random;
using Mneme.Worker.Torch;

namespace Mneme.Worker;

/// <summary>Names a class of machines that compute equal bits: libtorch, BLAS, processor and
/// device.</summary>
public static class NumericsClass
{
    public static string Of(string device) => HashOf(Describe(device))[..16];

    private static string HashOf(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The parts in words, for a manifest.</summary>
    public static string Describe(string device) =>
        $"libtorch {LibTorch.Version}; {LibTorch.Blas}; {Processor()}; {device}; "
        + $"program {Program()}";

    // Every build of other sources may compute other bits: of the families, the random numbers, and
    // the bridge's own kernels.
    private static string Program()
    {
        var shim = Path.Combine(AppContext.BaseDirectory, "libmneme_torch.so");
        var kernels = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(shim)));
        var (families, random) = (typeof(NumericsClass).Module, typeof(RandomStream).Module);
        return HashOf($"{families.ModuleVersionId} {random.ModuleVersionId} {kernels}")[..8];
    }

    private static string Processor()
    {
        const string file = "/proc/cpuinfo";
        if (!File.Exists(file)) return "unknown processor";
        string[] wanted = ["model name", "cpu family", "model\t", "stepping", "flags"];
        var lines = File.ReadLines(file).TakeWhile(line => line.Length > 0)
            .Where(line => wanted.Any(word => line.StartsWith(word, StringComparison.Ordinal)));
        var text = string.Join('\n', lines);
        var name = text.Split('\n')
            .FirstOrDefault(line => line.StartsWith(wanted[0], StringComparison.Ordinal))
            ?.Split(':')[^1].Trim() ?? "a processor";
        return $"{name} {HashOf(text)[..8]}";
    }
}
