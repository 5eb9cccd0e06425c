using System.Collections.Immutable;
using Mneme.Results;

namespace Mneme.Worker.Weights;

/// <summary>What <c>torch.save</c> wrote before PyTorch 1.6: a magic number, a version, the
/// machine, the dict, the storages' keys, each a pickle; then each storage's count and bytes.
/// </summary>
internal static class TorchLegacy
{
    private const long Magic = unchecked((long)0xa86a20f9469cfc6c), Version = 1001;

    public static ImmutableArray<StoredTensor> Read(FileStream file, string name)
    {
        if (Next() is not Magic || Next() is not Version)
            throw new MalformedFileException(name, "it is a pickle, but none of PyTorch's");
        if (Next() is PickledDict machine && machine.GetValueOrDefault("little_endian") is false)
            throw new MalformedFileException(name, "its numbers are big-endian");
        var dict = Next();
        var keys = (Next() as List<object?>)?.Cast<string>().ToArray() ?? [];
        var sizes = new Dictionary<string, PickledStorage>();
        foreach (var tensor in (dict as PickledDict)?.Values.OfType<PickledTensor>() ?? [])
            sizes[tensor.Storage.Key] = tensor.Storage;
        var places = Places(file, keys, sizes, name);
        return PickledTensor.AllOf(dict, name, storage => WeightFile.Bytes(
            file, places[storage.Key], storage.Count * storage.ElementSize));

        object? Next() => new StateDictPickle(file, name).Read();
    }

    private static Dictionary<string, long> Places(
        FileStream file, string[] keys, Dictionary<string, PickledStorage> sizes, string name)
    {
        var places = new Dictionary<string, long>();
        var at = file.Position;
        foreach (var key in keys)
        {
            if (!sizes.TryGetValue(key, out var storage)) throw Wrong(key);
            var count = BitConverter.ToInt64(WeightFile.Bytes(file, at, sizeof(long)));
            at += sizeof(long);
            if (count != storage.Count || count > (file.Length - at) / storage.ElementSize)
                throw Wrong(key);
            places[key] = at;
            at += count * storage.ElementSize;
        }
        return sizes.Keys.FirstOrDefault(key => !places.ContainsKey(key)) is { } lost
            ? throw Wrong(lost) : places;

        MalformedFileException Wrong(string key) =>
            new(name, $"storage '{key}' has not the bytes that it should");
    }
}
