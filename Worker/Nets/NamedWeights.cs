using Mneme.Worker.Cohorts;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Nets;

/// <summary>Parameters of all lanes by name, and the maps that they make.   // [lane, ...]
/// </summary>
internal sealed class NamedWeights(Lanes lanes, LaneState state)
{
    private readonly Dictionary<string, Tensor> weights = [];

    public Tensor this[string name] => weights[name];

    public string[] Names => [.. weights.Keys];

    public Tensor[] All => [.. weights.Values];

    /// <summary>From -bound to bound, of each lane's own stream.</summary>
    public void AddUniform(string name, long[] shape, float bound) => Add(name, lanes.Draw(
        $"init/{name}", shape, (stream, values) => stream.FillUniform(0, bound, values)));

    public void AddNormal(string name, long[] shape) => Add(name, lanes.Draw(
        $"init/{name}", shape, (stream, values) => stream.FillNormal(0, values)));

    public void AddFull(string name, long[] shape, double value) =>
        Add(name, Tensor.Full([lanes.Count, .. shape], value, device: lanes.Device));

    /// <summary>Weight and bias uniform in +-1/sqrt(rows), as torch's Linear.</summary>
    public void AddLinear(string name, int rows, int columns)
    {
        AddUniform(name, [rows, columns], 1 / MathF.Sqrt(rows));
        AddUniform($"{name}/bias", [1, columns], 1 / MathF.Sqrt(rows));
    }

    public void Add(string name, Tensor start) =>
        weights.Add(name, state.Add(name, start).RequireGrad());

    /// <param name="x">[lane, batch, time, in]</param>
    /// <returns>[lane, batch, time, out]</returns>
    public Tensor Linear(string name, Tensor x)
    {
        var rows = x.Reshape(x.Size(0), -1, x.Size(3));
        var y = weights.TryGetValue($"{name}/bias", out var bias)
            ? bias.BAddBmm(rows, weights[name]) : rows.Bmm(weights[name]);
        return y.View(x.Size(0), x.Size(1), x.Size(2), -1);
    }

    /// <summary>Rows of a table.   // [lane, batch, time, width]</summary>
    /// <param name="tokens">[lane, batch, time]</param>
    public Tensor Rows(string name, Tensor tokens)
    {
        var table = weights[name];
        var first = Tensor.Arange(table.Size(0), device: tokens.Device) * table.Size(1);
        return table.View(-1, table.Size(2))
            .Index(0, (tokens + first.View(-1, 1, 1)).Reshape(-1))
            .View(tokens.Size(0), tokens.Size(1), tokens.Size(2), -1);
    }
}
