using System.Security.Cryptography;
using System.Text;
using Mneme.Results;
using Mneme.Worker.Nets;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Weights;

/// <summary>A frozen GPT-2 that all lanes share: its weights have one lane.   // [1, ...]</summary>
internal sealed record Gpt2Model(
    GptShape Shape, IReadOnlyDictionary<string, Tensor> Weights, string Fingerprint)
{
    /// <summary>Reads it from files of the user's.</summary>
    /// <exception cref="MalformedFileException">They hold no GPT-2, or are damaged.</exception>
    /// <exception cref="IOException">They cannot be read.</exception>
    public static Gpt2Model Load(string path, Device device)
    {
        using var files = Gpt2Files.Open(path);
        var shape = files.Shape();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{shape}"));
        var weights = new Dictionary<string, Tensor>();
        try
        {
            foreach (var (name, sizes) in shape.Parameters())
            {
                var numbers = files.Read(name, sizes);
                hash.AppendData(numbers);
                weights[name] = Tensor.FromBytes(numbers, [1, .. sizes], DType.Float32, device)
                    .Keep();
            }
        }
        catch
        {
            foreach (var weight in weights.Values) weight.Dispose();
            throw;
        }
        return new Gpt2Model(shape, weights, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    public void Free()
    {
        foreach (var weight in Weights.Values) weight.Dispose();
    }
}

/// <summary>Models in use, each loaded once in a process. The last one stays when nobody uses it,
/// for the next piece of work.</summary>
internal static class Gpt2Models
{
    private sealed record Key(string File, DateTime Written, string Device);

    private sealed class Entry(Gpt2Model model)
    {
        public Gpt2Model Model { get; } = model;
        public int Users { get; set; }
    }

    private static readonly Lock Gate = new();
    private static readonly Dictionary<Key, Entry> Loaded = [];

    /// <inheritdoc cref="Gpt2Model.Load"/>
    public static Gpt2Model Borrow(string path, Device device)
    {
        var main = Path.GetFullPath(Gpt2Files.MainFile(path));
        var key = new Key(main, System.IO.File.GetLastWriteTimeUtc(main), device.Name);
        lock (Gate)
        {
            if (!Loaded.TryGetValue(key, out var entry))
            {
                FreeUnused();
                Loaded[key] = entry = new Entry(Gpt2Model.Load(path, device));
            }
            entry.Users++;
            return entry.Model;
        }
    }

    public static void GiveBack(Gpt2Model model)
    {
        lock (Gate) Loaded.Values.First(entry => entry.Model == model).Users--;
    }

    /// <summary>Frees what nobody uses.</summary>
    public static void FreeUnused()
    {
        lock (Gate)
            foreach (var (key, entry) in Loaded.Where(pair => pair.Value.Users == 0).ToList())
            {
                entry.Model.Free();
                Loaded.Remove(key);
            }
    }
}
