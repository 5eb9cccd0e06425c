using Mneme.Results;
using Mneme.Specs;

namespace Mneme.Coordinator.Export.SeedLayout;

/// <param name="Lists">Plain lists in the place of numpy arrays.</param>
/// <param name="ReadmeShapes">One number for each set where the published files repeat it for
/// each sequence.</param>
public sealed record SeedOptions(bool Lists = false, bool ReadmeShapes = false);

/// <summary>Pickles with the keys and shapes that scripts for the published results expect.
/// </summary>
internal static class SeedFiles
{
    /// <summary>Whether the family is one of which results were published.</summary>
    public static bool Know(ExperimentSpec spec) => spec.Model is "sequence-switch" or "dam";

    public static PickleValue.Dict Log(SeedTrial trial) => trial.Spec.Model == "dam"
        ? DamPickle.Of(trial)
        : SequenceSwitchPickle.Of(trial);

    /// <summary>The pair of files that a folder of a run has, named after the folder; the sequences
    /// under both of the names in use.</summary>
    public static void Write(SeedTrial trial, string name, SeedOptions options,
        Action<string, Action<Stream>> write)
    {
        write($"{name}.pkl", stream => Pickle.Write(stream, Shaped(Log(trial), options)));
        if (SequencesPickle.Of(trial, options.ReadmeShapes) is not { } sequences) return;
        foreach (var file in new[] { $"{name}_sequences.pkl", $"{name}_all_sequences.pkl" })
            write(file, stream => Pickle.Write(stream, Shaped(sequences, options)));
    }

    private static PickleValue Shaped(PickleValue value, SeedOptions options) =>
        options.Lists ? PlainLists.Of(value) : value;
}

/// <summary>Arrays as nested lists, for readers without numpy.</summary>
internal static class PlainLists
{
    public static PickleValue Of(PickleValue value)
    {
        switch (value)
        {
            case PickleValue.Array array: return Of(array.Value);
            case PickleValue.List list: return new PickleValue.List(list.Select(Of));
            case PickleValue.Dict dict:
                var plain = new PickleValue.Dict();
                foreach (var (key, item) in dict) plain[key] = Of(item);
                return plain;
            default: return value;
        }
    }

    private static PickleValue Of(NamedArray array) => array.Shape.Length == 0
        ? Number(array)
        : new PickleValue.List(
            Enumerable.Range(0, (int)array.Shape[0]).Select(place => Of(array.Lane(place))));

    private static PickleValue Number(NamedArray one) => one.Type switch
    {
        ArrayType.Float32 => (double)one.As<float>()[0],
        ArrayType.Float64 => one.As<double>()[0],
        ArrayType.Integer64 => one.As<long>()[0],
        ArrayType.Integer32 => (long)one.As<int>()[0],
        ArrayType.Byte => (long)one.As<byte>()[0],
        ArrayType.SignedByte => (long)one.As<sbyte>()[0],
        _ => one.As<bool>()[0],
    };
}
