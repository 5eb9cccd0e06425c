using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>Sequences of all lanes, as many of each.</summary>
/// <param name="sequences">Bits, sequence after sequence.   // [lane, sample, length]</param>
internal sealed class SequenceBatch(byte[] sequences, int lanes, int length, Device device)
{
    public int Lanes => lanes;

    public int Samples { get; } = sequences.Length / lanes / length;

    private int Positions => length - 1;

    /// <summary>[lane, sample, length]</summary>
    public Tensor Bits => Tensor.From(sequences, [lanes, Samples, length], device);

    /// <summary>The row of each bit in a table of both bits at all positions.   // int32 [lane *
    /// sample, position]</summary>
    public Tensor Places
    {
        get
        {
            var places = new int[lanes * Samples * Positions];
            for (int i = 0, row = 0; row < places.Length; i += length)
                for (var t = 0; t < Positions; t++)
                    places[row++] = sequences[i + t] * Positions + t;
            return Tensor.From(places, [lanes * Samples, Positions], device);
        }
    }

    /// <summary>The same rows counted through all lanes' tables.   // [lane * sample *
    /// position]</summary>
    public Tensor Rows
    {
        get
        {
            var rows = new long[lanes * Samples * Positions];
            for (var at = 0; at < rows.Length; at++)
            {
                var (sequence, t) = (at / Positions, at % Positions);
                var table = (long)(sequence / Samples) * 2 * Positions;
                rows[at] = table + sequences[sequence * length + t] * Positions + t;
            }
            return Tensor.From(rows, [rows.Length], device);
        }
    }

    /// <summary>Each sample its own table: a row for each position.   // int32 [lane * sample,
    /// position]</summary>
    public Tensor OwnPlaces => Tensor.Arange(Positions, DType.Int32, device)
        .Unsqueeze(0).Expand(lanes * Samples, -1).Contiguous();

    /// <summary>Some samples of each lane.</summary>
    public SequenceBatch Part(int first, int count)
    {
        if (count == Samples) return this;
        var part = new byte[lanes * count * length];
        for (var k = 0; k < lanes; k++)
            sequences.AsSpan((k * Samples + first) * length, count * length)
                .CopyTo(part.AsSpan(k * count * length));
        return new SequenceBatch(part, lanes, length, device);
    }
}
