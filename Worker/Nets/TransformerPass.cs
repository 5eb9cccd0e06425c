using Mneme.Worker.Torch;

namespace Mneme.Worker.Nets;

/// <summary>The layers of a transformer in one forward pass, with their ways back written out:
/// autograd's overhead would be most of a small step. Weights are as PyTorch has them, [out, in],
/// behind the lane axis.</summary>
/// <param name="weights">A parameter by its name in a state dict, [lane, ...].</param>
/// <param name="tape">Null where nothing learns.</param>
internal sealed class TransformerPass(Func<string, Tensor> weights, Tape? tape)
{
    /// <summary>Token plus position, for each of both bits.</summary>
    /// <returns>[lane, 2 * positions, width]: row bit * positions + position.</returns>
    public Tensor Embedding(int positions)
    {
        var (token, place) = (weights("wte.weight"), weights("wpe.weight"));
        var (lanes, width) = (token.Size(0), token.Size(2));
        var table = token.Unsqueeze(2) + place.Narrow(1, 0, positions).Unsqueeze(1);
        tape?.Note(slope =>
        {
            var byBit = slope.View(lanes, 2, positions, width);
            tape.Add("wte.weight", byBit.Sum(2));
            var ofPlaces = place.ZerosLike();
            ofPlaces.Narrow(1, 0, positions).CopyFrom(byBit.Sum(1));
            tape.Add("wpe.weight", ofPlaces);
            return slope;
        });
        return table.View(lanes, 2 * positions, width);
    }

    /// <summary>Rows of a table, for each sample and position.</summary>
    /// <param name="index">Rows counted through all lanes.   // [lane * row]</param>
    /// <returns>[lane, row, width]</returns>
    public Tensor Rows(Tensor table, Tensor index)
    {
        var (lanes, width) = (table.Size(0), table.Size(2));
        tape?.Note(slope => table.ZerosLike().View(-1, width)
            .AddRowsInPlace(index, slope.View(-1, width)).View(lanes, -1, width));
        return table.View(-1, width).Index(0, index).View(lanes, -1, width);
    }

    /// <param name="x">[lane, row, in]</param>
    /// <returns>[lane, row, out]</returns>
    public Tensor Linear(string name, Tensor x)
    {
        var weight = weights($"{name}.weight");
        tape?.Note(slope =>
        {
            tape.Add($"{name}.bias", slope.Sum(1));
            tape.Add($"{name}.weight", slope.Transpose(1, 2).Bmm(x));
            return slope.Bmm(weight);
        });
        return weights($"{name}.bias").Unsqueeze(1).BAddBmm(x, weight.Transpose(1, 2));
    }

    /// <summary>relu(linear(x)), and x itself on top where it skips the layer.</summary>
    public Tensor ReluLinear(string name, Tensor x, bool skips)
    {
        var (weight, bias) = (weights($"{name}.weight"), weights($"{name}.bias"));
        var relu = x.Bmm(weight.Transpose(1, 2));                   // [lane, row, out]
        var y = skips ? relu.BiasReluInPlace(bias, x) : relu.BiasReluInPlace(bias);
        tape?.Note(slope =>
        {
            var (inner, ofBias) = slope.BiasReluBackward(relu);
            tape.Add($"{name}.bias", ofBias);
            tape.Add($"{name}.weight", inner.Transpose(1, 2).Bmm(x));
            return skips ? slope.BAddBmm(inner, weight) : inner.Bmm(weight);
        });
        return y;
    }

    public Tensor LayerNorm(string name, Tensor x)
    {
        var weight = weights($"{name}.weight");
        var (y, statistics) = x.LayerNorm(weight, weights($"{name}.bias"));
        tape?.Note(slope =>
        {
            var (ofX, ofWeight, ofBias) = slope.LayerNormBackward(x, statistics, weight);
            tape.Add($"{name}.weight", ofWeight);
            tape.Add($"{name}.bias", ofBias);
            return ofX;
        });
        return y;
    }

    /// <summary>Causal attention; see <see cref="Tensor.Attention"/>.</summary>
    /// <param name="tables">Queries, keys and values.   // [lane, row, 3 * width]</param>
    /// <param name="places">int32 [sample, position]</param>
    /// <param name="count">Of tables, each with its own samples.</param>
    /// <returns>[lane, sample * position, width]</returns>
    public Tensor Attention(Tensor tables, Tensor places, long count, int heads)
    {
        var (lanes, width) = (tables.Size(0), tables.Size(2));
        var own = tables.View(count, -1, width);
        var (y, attention) = own.Attention(places, heads);
        tape?.Note(slope =>
            slope.AttentionBackward(own, places, attention).View(lanes, -1, width));
        return y.View(lanes, -1, width / 3);
    }

    public Tensor Gelu(Tensor x)
    {
        tape?.Note(slope => slope.GeluBackward(x));
        return x.Gelu();
    }

    public Tensor Relu(Tensor x)
    {
        var y = x.Relu();
        tape?.Note(slope => slope * y.Gt(0.0).To(DType.Float32));
        return y;
    }

    /// <summary>x + branch(x)</summary>
    public Tensor Residual(Tensor x, Func<Tensor, Tensor> branch)
    {
        Tensor? around = null;
        tape?.Note(slope => slope + around!);           // after the branch's own way back
        var y = x + branch(x);
        tape?.Note(slope => around = slope);
        return y;
    }
}
