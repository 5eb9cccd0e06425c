using System.Text.Json;
using Mneme.Results;
using Mneme.Worker.Nets;

namespace Mneme.Worker.Weights;

/// <summary>What a <c>config.json</c> says of a GPT-2.</summary>
internal sealed record Gpt2Config(int Layers, int Heads, int Width, int Context, int Vocabulary)
{
    // What other nets of this kind may have, and this program has not.
    private static readonly (string Name, string[] Allowed)[] Fixed =
    [
        ("model_type", ["gpt2"]), ("activation_function", ["gelu_new", "gelu_pytorch_tanh"]),
        ("scale_attn_by_inverse_layer_idx", ["False"]), ("scale_attn_weights", ["True"]),
        ("layer_norm_epsilon", ["1E-05", "1e-05", "0.00001"]),
    ];

    /// <summary>Null if there is none.</summary>
    /// <exception cref="MalformedFileException">It describes another net.</exception>
    public static Gpt2Config? Read(string path)
    {
        if (!File.Exists(path)) return null;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            foreach (var (name, allowed) in Fixed)
                if (root.TryGetProperty(name, out var value) && !allowed.Contains(value.ToString()))
                    throw Refused(path, $"{name} is {value}, expected {allowed[0]}");
            var context = root.TryGetProperty("n_positions", out var places) ? places
                : root.GetProperty("n_ctx");
            return new Gpt2Config(Number("n_layer"), Number("n_head"), Number("n_embd"),
                context.GetInt32(), Number("vocab_size"));

            int Number(string name) => root.GetProperty(name).GetInt32() is > 0 and var number
                ? number : throw Refused(path, $"{name} is not positive");
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException
            or InvalidOperationException or FormatException)
        {
            throw Refused(path, $"it is no description of a GPT-2: {error.Message}");
        }
    }

    public static Gpt2Config Of(GptShape shape) => new(
        shape.Layers, shape.Heads, shape.Width, shape.Context, shape.Vocabulary);

    public bool Fits(GptShape shape) => this == Of(shape);

    public override string ToString() =>
        $"{Layers} layers, {Heads} heads, width {Width}, context {Context}, {Vocabulary} words";

    private static MalformedFileException Refused(string path, string why) =>
        new(Path.GetFileName(path), why);
}
