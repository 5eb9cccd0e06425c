using System.Collections.Immutable;
using Mneme.Messages;
using Mneme.Random;
using Mneme.Specs;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Cohorts;

/// <summary>The lanes of a cohort as their family sees them: settings and random numbers per lane,
/// and the device on which their tensors live.</summary>
public sealed class Lanes
{
    private readonly ImmutableArray<Lane> lanes;

    public Lanes(IEnumerable<Lane> lanes, Device device)
    {
        this.lanes = [.. lanes];
        Device = device;
    }

    public Device Device { get; }

    /// <summary>Data sets of the whole experiment.</summary>
    public int Sets { get; init; } = 1;

    /// <summary>Names under which switches of the experiment keep the model.</summary>
    public ImmutableArray<string> Saves { get; init; } = [];

    public int Count => lanes.Length;

    public Lane this[int lane] => lanes[lane];

    /// <summary>A setting that changes shapes, and is therefore equal in all lanes.</summary>
    public int Size(string setting) => (int)((SettingValue.Integer)lanes[0][setting]).Value;

    /// <inheritdoc cref="Size"/>
    public ImmutableArray<int> Sizes(string setting) =>
        [.. ((SettingValue.Integers)lanes[0][setting]).Values.Select(size => (int)size)];

    public bool Flag(string setting) => ((SettingValue.Flag)lanes[0][setting]).Value;

    public T[] Each<T>(Func<Lane, T> value) => [.. lanes.Select(value)];

    public T[] Each<T>(Func<int, Lane, T> value) => [.. lanes.Select((lane, k) => value(k, lane))];

    /// <summary>A coefficient per lane, shaped to multiply [K, rows, columns].   // [K, 1,
    /// 1]</summary>
    public Tensor Coefficient(Func<Lane, double> value) =>
        Tensor.From(Each(lane => (float)value(lane)), [Count, 1, 1], Device);

    /// <summary>A lane's value for each of its samples.   // [K * batch, 1, 1]</summary>
    public Tensor PerSample<T>(T[] byLane, int batch) where T : unmanaged =>
        Tensor.From(byLane, [Count, 1], Device).Expand(Count, batch).Reshape(Count * batch, 1, 1);

    /// <summary>The mean over everything of one lane.</summary>
    /// <param name="values">[K, ...] or [K * batch, ...]</param>
    public double MeanOf(Tensor values, int lane)
    {
        var own = values.To(DType.Float32).Reshape(Count, -1).Select(0, lane);
        return own.Count == 0 ? 0 : own.To(DType.Float64).Mean().Item();
    }

    /// <summary>A setting of each lane.   // [K]</summary>
    public Tensor Vector(string setting) =>
        Tensor.From(Each(lane => (float)lane.Real(setting)), [Count], Device);

    /// <summary>Start values, lane after lane, each from its own seed.   // [K, ...shape]</summary>
    /// <param name="fill">Fills one lane from its stream.</param>
    public Tensor Draw(string purpose, long[] shape, Action<RandomStream, Span<float>> fill)
    {
        var size = (int)shape.Aggregate(1L, (product, length) => product * length);
        var values = new float[Count * size];
        for (var k = 0; k < Count; k++)
            fill(lanes[k].Stream(purpose), values.AsSpan(k * size, size));
        return Tensor.From<float>(values, [Count, .. shape], Device);
    }
}

/// <summary>One trial's place in a cohort.</summary>
public sealed record Lane(int Trial, uint Seed, ImmutableDictionary<string, SettingValue> Settings)
{
    public SettingValue this[string setting] => Settings[setting];

    public double Real(string setting) => this[setting] switch
    {
        SettingValue.Real real => real.Value,
        SettingValue.Integer integer => integer.Value,
        var other => throw new InvalidOperationException($"{setting} is {other}, not a number"),
    };

    public long Integer(string setting) => ((SettingValue.Integer)this[setting]).Value;

    public string Text(string setting) => ((SettingValue.Text)this[setting]).Value;

    /// <summary>The numbers that this trial draws for one purpose.</summary>
    public RandomStream Stream(string purpose) => RandomStream.Named(Seed, purpose);

    public static IEnumerable<Lane> Of(Assign assign) =>
        assign.Lanes.Select(lane => new Lane(
            lane.Path, lane.Seed,
            assign.Common.Concat(lane.Own).ToImmutableDictionary(s => s.Name, s => s.Value)));
}
