using System.Collections.Immutable;
using Mneme.Language;
using Mneme.Results;
using Mneme.Worker.Nets;
using Mneme.Worker.Torch;
using Mneme.Worker.Weights;

namespace Mneme.Worker.Memories;

/// <summary>A text of the user's as a memory, in a file of its own.</summary>
/// <exception cref="MalformedFileException">A file is not what it should be, or is of another
/// net.</exception>
/// <exception cref="IOException">A file cannot be read.</exception>
public static class TextMemories
{
    /// <summary>Runs the text, after a line's end, through the net of some files.</summary>
    /// <param name="layers">Numbered from 1.</param>
    /// <param name="dropFirst">Whether the line's end is not stored.</param>
    /// <returns>The file's bytes, and what they hold.</returns>
    /// <exception cref="ArgumentException">The text is too long, or a layer is not there.
    /// </exception>
    public static (byte[] File, LaneMemory Content) Build(
        string weights, string text, ImmutableArray<int> layers, bool dropFirst, string device) =>
        With(weights, device, model =>
        {
            var tokens = TextFiles.Encoding.Encode("\n" + text.Trim());
            if (tokens.Length > model.Shape.Context)
                throw new ArgumentException($"the text has {tokens.Length} tokens, the net reads "
                    + $"{model.Shape.Context}: shorten it");
            if (layers.FirstOrDefault(layer => layer > model.Shape.Layers) is > 0 and var layer)
                throw new ArgumentException(
                    $"there is no layer {layer}: the net has {model.Shape.Layers}");
            var memory = TextMemory.Build(new Gpt(model.Shape, model.Weights), model.Fingerprint,
                TextFiles.Encoding.Fingerprint, tokens, layers.Select(one => one - 1),
                dropFirst ? 1 : 0);
            var file = new MemoryStream();
            memory.Write(file);
            return (file.ToArray(), memory.Content(TextFiles.Encoding));
        });

    public static LaneMemory Look(string path) => TorchThread.Run(() =>
        TextMemory.Read(File.ReadAllBytes(path), Path.GetFileName(path), null, Device.Cpu)
            .Content(TextFiles.Encoding));

    /// <summary>Whether a file is one of tensors, and no experiment's.</summary>
    public static bool IsFile(string path)
    {
        if (!File.Exists(path)) return false;
        using var file = File.OpenRead(path);
        var begin = new byte[9];
        return file.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false) == begin.Length
            && BitConverter.ToUInt64(begin) <= Safetensors.MaximumHeaderBytes && begin[8] == '{';
    }

    /// <summary>Which rows the attention of another text would find nearest, in every stored layer
    /// and head, for every token of it.</summary>
    /// <param name="neighbours">Rows that each token and head finds.</param>
    public static ImmutableArray<FoundRow> Search(
        string path, string weights, string text, int neighbours, string device) =>
        With(weights, device, model =>
        {
            var memory = TextMemory.Read(
                File.ReadAllBytes(path), Path.GetFileName(path), model.Fingerprint, device);
            var tokens = TextFiles.Encoding.Encode("\n" + text);
            if (tokens.Length > model.Shape.Context)
                throw new ArgumentException($"the text has {tokens.Length} tokens, the net reads "
                    + $"{model.Shape.Context}: shorten it");
            var found = new List<FoundRow>();
            new Gpt(model.Shape, model.Weights).LastLogits(
                Tensor.From(tokens, [1, 1, tokens.Length], device), (layer, own) =>
                {
                    if (memory.Layers.TryGetValue(layer, out var stored))
                        found.AddRange(Nearest(memory, layer, own, stored, tokens, neighbours));
                    return own.Value;
                });
            return found.ToImmutableArray();
        });

    private static IEnumerable<FoundRow> Nearest(TextMemory memory, int layer, AttentionHeads own,
        StoredAttention stored, long[] tokens, int neighbours)
    {
        var (heads, time) = (own.Key.Size(1), tokens.Length);
        var count = Math.Min(neighbours, stored.Rows);
        if (count == 0) yield break;
        var (rows, distances) = Neighbours.Nearest(
            own.Key.Squeeze(0), stored.Keys.Squeeze(0), count);     // [head, time, count]
        var (places, far) = (rows.ToArray<long>(), distances.Contiguous().ToArray<float>());
        for (var i = 0; i < places.Length; i++)
        {
            var token = (int)(i / count % time);
            if (token == 0) continue;                               // the line's end asks nothing
            yield return new FoundRow(layer + 1, (int)(i / (count * time)) + 1,
                token, Word(tokens[token]), (int)(i % count) + 1, (int)places[i], far[i],
                Around(memory, (int)places[i] + memory.Dropped));
        }
    }

    private static string Word(long token) =>
        TextMemory.Shown(TextFiles.Encoding.Decode([token]));

    // A row's token in brackets, between its neighbours.
    private static string Around(TextMemory memory, int place)
    {
        const int words = 4;
        var encoding = TextFiles.Encoding;
        var tokens = memory.Tokens;
        return TextMemory.Shown(encoding.Decode(tokens.Take(place).TakeLast(words)) + "["
            + encoding.Decode([tokens[place]]) + "]"
            + encoding.Decode(tokens.Skip(place + 1).Take(words)));
    }

    private static T With<T>(string weights, string device, Func<Gpt2Model, T> compute) =>
        TorchThread.Run(() =>
        {
            using var still = Autograd.NoGrad();
            var model = Gpt2Model.Load(weights, device);
            try { return compute(model); }
            finally { model.Free(); }
        });
}
