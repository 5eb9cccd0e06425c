using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Mneme.Plans;
using Mneme.Results;
using Mneme.Worker.Optimizers;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Cohorts;

/// <summary>Everything of a cohort that a checkpoint holds: named tensors and arrays whose first
/// axis is the lane. Because every entry has that axis, lanes of several checkpoints gather into a
/// new cohort without the family's help.</summary>
public sealed class LaneState(int lanes)
{
    private readonly List<Entry> entries = [];
    private readonly List<Tensor> constants = [];

    /// <summary>Registers a tensor <c>[K, ...]</c> and gives it back; the state owns it from now
    /// on.</summary>
    public Tensor Add(string name, Tensor tensor)
    {
        Check(name, tensor.Size(0));
        entries.Add(new Entry.OfTensor(name, tensor.Keep()));
        return tensor;
    }

    /// <summary>Registers a host array of <c>[K, width]</c> numbers and gives it back.</summary>
    public T[] Add<T>(string name, T[] array) where T : unmanaged
    {
        Check(name, array.Length % lanes == 0 ? lanes : array.Length);
        entries.Add(new Entry.OfArray<T>(name, array, lanes));
        return array;
    }

    /// <summary>Registers an optimiser's moments and counters, and gives it back.</summary>
    public Adam Add(string name, Adam adam)
    {
        for (var i = 0; i < adam.Means.Count; i++)
        {
            Add($"{name}/mean{i}", adam.Means[i]);
            Add($"{name}/variance{i}", adam.Variances[i]);
        }
        Add($"{name}/steps", adam.Steps);
        return adam;
    }

    /// <summary>Owns a tensor that follows from settings, and so need not be saved.</summary>
    public Tensor Hold(Tensor constant)
    {
        constants.Add(constant.Keep());
        return constant;
    }

    public IReadOnlyList<NamedArray> Save() => [.. entries.Select(entry => entry.Save())];

    /// <summary>Lane k becomes lane <c>gather[k].Lane</c> of checkpoint
    /// <c>gather[k].Parent</c>.</summary>
    /// <exception cref="BadCheckpointException">A checkpoint lacks an entry or has another
    /// shape.</exception>
    public void Load(IReadOnlyList<SafetensorsFile> parents, ImmutableArray<LaneSource> gather)
    {
        foreach (var entry in entries)
            entry.Load(Gather(entry.Save(), [.. parents.Select(p => Find(p, entry.Name))], gather));
    }

    /// <summary>Overwrites one entry, lane after lane.</summary>
    internal void Set(string name, ReadOnlySpan<float> values) =>
        entries.First(entry => entry.Name == name).Load(MemoryMarshal.AsBytes(values).ToArray());

    public void Free()
    {
        foreach (var entry in entries) entry.Free();
        foreach (var constant in constants) constant.Dispose();
    }

    private static NamedArray Find(SafetensorsFile parent, string name) =>
        parent.Arrays.FirstOrDefault(array => array.Name == name)
        ?? throw new BadCheckpointException($"the checkpoint has no '{name}'");

    private static byte[] Gather(
        NamedArray target, ImmutableArray<NamedArray> parents, ImmutableArray<LaneSource> gather)
    {
        var laneBytes = target.Bytes.Length / gather.Length;
        var bytes = new byte[target.Bytes.Length];
        for (var k = 0; k < gather.Length; k++)
        {
            var parent = parents[gather[k].Parent];
            if (parent.Type != target.Type
                || !parent.Shape.Skip(1).SequenceEqual(target.Shape.Skip(1)))
                throw new BadCheckpointException(
                    $"'{target.Name}' is [{string.Join(", ", parent.Shape)}] {parent.Type} "
                    + "in the checkpoint, "
                    + $"[{string.Join(", ", target.Shape)}] {target.Type} in this program");
            parent.Bytes.Span.Slice(gather[k].Lane * laneBytes, laneBytes)
                .CopyTo(bytes.AsSpan(k * laneBytes));
        }
        return bytes;
    }

    private void Check(string name, long length)
    {
        if (length != lanes) throw new ArgumentException($"'{name}' has no axis of {lanes} lanes");
        if (entries.Any(e => e.Name == name))
            throw new ArgumentException($"'{name}' is registered twice");
    }

    private abstract record Entry(string Name)
    {
        public abstract NamedArray Save();
        public abstract void Load(byte[] bytes);
        public virtual void Free() { }

        public sealed record OfTensor(string Name, Tensor Tensor) : Entry(Name)
        {
            public override NamedArray Save() => new(
                Name, TypeOf(Tensor.DType), [.. Tensor.Shape.ToArray()], Tensor.ToBytes());

            public override void Load(byte[] bytes)
            {
                using var scope = new TensorScope();
                using var still = Autograd.NoGrad();
                Tensor.CopyFrom(Tensor.FromBytes(bytes, Tensor.Shape, Tensor.DType));
            }

            public override void Free() => Tensor.Dispose();

            private static ArrayType TypeOf(DType type) => type switch
            {
                DType.Float32 => ArrayType.Float32,
                DType.Float64 => ArrayType.Float64,
                DType.Int64 => ArrayType.Integer64,
                DType.UInt8 => ArrayType.Byte,
                DType.Bool => ArrayType.Flag,
                _ => throw new NotSupportedException($"no checkpoint holds {type}"),
            };
        }

        public sealed record OfArray<T>(string Name, T[] Array, int Lanes)
            : Entry(Name) where T : unmanaged
        {
            public override NamedArray Save() =>
                NamedArray.Of<T>(Name, Array, Lanes, Array.Length / Lanes);

            public override void Load(byte[] bytes) =>
                MemoryMarshal.Cast<byte, T>(bytes).CopyTo(Array);
        }
    }
}
