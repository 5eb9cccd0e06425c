using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Mneme.Results;
using Mneme.Worker.Nets;

namespace Mneme.Worker.Weights;

/// <summary>A GPT-2 as it is published or saved: one file, several with an index, or a folder of
/// them; what a <c>config.json</c> beside them says is believed if the weights agree.</summary>
internal sealed partial class Gpt2Files : IDisposable
{
    private const int UsualHeadSize = 64;
    private const string Config = "config.json", Index = ".index.json";

    // What a folder may hold, the first of them counts.
    private static readonly string[] Candidates =
    [
        "model.safetensors", "model.safetensors" + Index, "pytorch_model.bin",
        "pytorch_model.bin" + Index,
    ];

    private readonly string name, folder;
    private readonly ImmutableArray<WeightFile> files;
    private readonly Dictionary<string, (StoredTensor Tensor, string File)> tensors = [];

    private Gpt2Files(string main, ImmutableArray<(string Path, WeightFile File)> opened)
    {
        (name, folder) = (Path.GetFileName(main), Path.GetDirectoryName(Path.GetFullPath(main))!);
        files = [.. opened.Select(one => one.File)];
        foreach (var (path, file) in opened)
            foreach (var tensor in file.Tensors)
                tensors[ShortName(tensor.Name)] = (tensor, Path.GetFileName(path));
    }

    /// <summary>The file that a path means: itself, or what a folder has.</summary>
    /// <exception cref="IOException">It is not there.</exception>
    public static string MainFile(string path)
    {
        if (File.Exists(path)) return path;
        if (!Directory.Exists(path))
            throw new FileNotFoundException($"{path}: there is no such file or folder of weights");
        return Candidates.Select(name => Path.Combine(path, name)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException(
                $"{path}: no weights are in it; expected {string.Join(" or ", Candidates)}");
    }

    /// <exception cref="MalformedFileException">It is no GPT-2, or damaged.</exception>
    /// <exception cref="IOException">It is not there, or cannot be read.</exception>
    public static Gpt2Files Open(string path)
    {
        var main = MainFile(path);
        var opened = ImmutableArray.CreateBuilder<(string, WeightFile)>();
        try
        {
            foreach (var part in PartsOf(main)) opened.Add((part, WeightFile.Open(part)));
            return new Gpt2Files(main, opened.ToImmutable());
        }
        catch
        {
            foreach (var (_, file) in opened) file.Dispose();
            throw;
        }
    }

    public GptShape Shape()
    {
        var config = Gpt2Config.Read(Path.Combine(folder, Config));
        var (words, places) = (ShapeOf("wte.weight", 2), ShapeOf("wpe.weight", 2));
        var layers = 0;
        while (tensors.ContainsKey($"h.{layers}.ln_1.weight")) layers++;
        var width = words[1];
        var heads = config?.Heads ?? (int)Math.Max(1, width / UsualHeadSize);
        if (width % heads != 0)
            throw Refused($"its width {width} is no multiple of {heads} heads");
        var shape = new GptShape(layers, heads, (int)width, (int)places[0], (int)words[0]);
        if (config is not null && !config.Fits(shape))
            throw Refused($"{Config} says {config}, the weights are {Gpt2Config.Of(shape)}");
        return shape;
    }

    /// <summary>A parameter's numbers, row by row.   // float32</summary>
    /// <param name="expected">What a GPT-2 of this size has there.</param>
    public byte[] Read(string parameter, long[] expected)
    {
        var (tensor, file) = Find(parameter);
        if (!tensor.Shape.SequenceEqual(expected))
            throw new MalformedFileException(file,
                $"tensor '{tensor.Name}' is [{string.Join(", ", tensor.Shape)}], "
                + $"a GPT-2 of this size has [{string.Join(", ", expected)}] there");
        return tensor.AsFloat32(file);
    }

    public void Dispose()
    {
        foreach (var file in files) file.Dispose();
    }

    private ImmutableArray<long> ShapeOf(string parameter, int axes)
    {
        var (tensor, file) = Find(parameter);
        return tensor.Shape.Length == axes ? tensor.Shape : throw new MalformedFileException(
            file, $"tensor '{tensor.Name}' has {tensor.Shape.Length} axes, not {axes}");
    }

    private (StoredTensor Tensor, string File) Find(string parameter) =>
        tensors.TryGetValue(parameter, out var found)
            ? found : throw Refused($"it has no tensor '{parameter}': it is no GPT-2");

    private MalformedFileException Refused(string why) => new(name, why);

    private static string[] PartsOf(string path)
    {
        if (!path.EndsWith(Index, StringComparison.Ordinal)) return [path];
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        try
        {
            using var index = JsonDocument.Parse(File.ReadAllBytes(path));
            var names = index.RootElement.GetProperty("weight_map").EnumerateObject()
                .Select(entry => entry.Value.GetString()!).Distinct().ToArray();
            return names.All(name => name == Path.GetFileName(name))
                ? [.. names.Select(name => Path.Combine(folder, name))]
                : throw new MalformedFileException(
                    Path.GetFileName(path), "it names files of other folders");
        }
        catch (Exception error) when (
            error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new MalformedFileException(
                Path.GetFileName(path), $"it is no index of weights: {error.Message}", error);
        }
    }

    private static string ShortName(string name) => Prefix().Replace(name, "");

    [GeneratedRegex(@"\Atransformer\.")]
    private static partial Regex Prefix();
}
