using System.Security.Cryptography;
using System.Text;
using Mneme.Worker.Torch;

namespace Mneme.Worker;

/// <summary>Names a class of machines that compute equal bits: libtorch, BLAS, processor and
/// device.</summary>
public static class NumericsClass
{
    public static string Of(string device) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(Describe(device))))[..16];

    /// <summary>The parts in words, for a manifest.</summary>
    public static string Describe(string device) =>
        $"libtorch {LibTorch.Version}; {LibTorch.Blas}; {Processor()}; {device}";

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
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        return $"{name} {hash[..8]}";
    }
}
