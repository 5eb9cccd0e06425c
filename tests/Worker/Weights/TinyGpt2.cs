using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Mneme.Random;
using Mneme.Worker.Nets;

namespace Mneme.Tests.Worker.Weights;

/// <summary>A GPT-2 of random weights, and files of it.</summary>
internal sealed class TinyGpt2
{
    public static readonly GptShape Small = new(2, 2, 12, 32, 19);

    /// <summary>Reads and writes real text.</summary>
    public static readonly GptShape Literate = new(2, 2, 16, 96, 50257);

    private readonly Dictionary<string, (long[] Shape, float[] Values)> tensors;

    public TinyGpt2(GptShape shape, uint seed = 3, float spread = .3f)
    {
        Shape = shape;
        tensors = shape.Parameters().Select((p, i) => (p, i)).ToDictionary(e => e.p.Name, e =>
        {
            var values = new float[e.p.Shape.Aggregate(1L, (a, b) => a * b)];
            new RandomStream(seed, (uint)e.i).FillNormal(0, values);
            // Numbers that 16 bits hold exactly.
            foreach (ref var value in values.AsSpan())
                value = MathF.Round(value * spread * 64) / 64;
            return (e.p.Shape, values);
        });
    }

    public GptShape Shape { get; }

    public Dictionary<string, (long[] Shape, float[] Values)> Tensors => tensors;

    /// <summary>As HuggingFace writes one.</summary>
    public string Write(
        string folder, string type = "F32", string prefix = "", string name = "model.safetensors",
        Func<string, bool>? which = null)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, Bytes(type, prefix, which ?? (_ => true)));
        return path;
    }

    public void WriteConfig(string folder, string? more = null) => File.WriteAllText(
        Path.Combine(folder, "config.json"), $$"""
        {"model_type": "gpt2", "n_layer": {{Shape.Layers}}, "n_head": {{Shape.Heads}},
         "n_embd": {{Shape.Width}}, "n_positions": {{Shape.Context}},
         "vocab_size": {{Shape.Vocabulary}}, "activation_function": "gelu_new"{{more}}}
        """);

    public byte[] Bytes(string type, string prefix, Func<string, bool> which)
    {
        var header = new Dictionary<string, object>();
        var data = new MemoryStream();
        foreach (var (name, (shape, values)) in tensors.Where(tensor => which(tensor.Key)))
        {
            var begin = data.Length;
            data.Write(Encoded(type, values));
            header[prefix + name] = new
            {
                dtype = type, shape, data_offsets = new[] { begin, data.Length },
            };
        }
        var json = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(header));
        return [.. BitConverter.GetBytes((ulong)json.Length), .. json, .. data.ToArray()];
    }

    private static byte[] Encoded(string type, float[] values) => type switch
    {
        "F32" => MemoryMarshal.AsBytes<float>(values).ToArray(),
        "F64" => MemoryMarshal.AsBytes<double>([.. values.Select(v => (double)v)]).ToArray(),
        "F16" => MemoryMarshal.AsBytes<Half>([.. values.Select(v => (Half)v)]).ToArray(),
        "BF16" => MemoryMarshal.AsBytes<ushort>(
            [.. values.Select(v => (ushort)(BitConverter.SingleToUInt32Bits(v) >> 16))]).ToArray(),
        _ => MemoryMarshal.AsBytes<long>([.. values.Select(v => (long)v)]).ToArray(),
    };
}
