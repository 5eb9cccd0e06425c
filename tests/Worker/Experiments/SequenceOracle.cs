using System.Text.Json;
using Mneme.Specs;
using Mneme.Tests.Worker.Torch;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Experiments;
using Mneme.Worker.Torch;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>A small net of <see cref="SequenceSwitch"/>, here and in PyTorch, with the same start
/// values and batches.</summary>
internal sealed class SequenceOracle : IDisposable
{
    private const int Length = 6, Samples = 5;

    // The nets as PyTorch's own layers have them; p is a state dict, x are bits.
    private const string Nets = """
        from torch.nn.functional import linear, layer_norm, gelu, cross_entropy
        def lin(p, n, x): return linear(x, p[n + '.weight'], p[n + '.bias'])
        def norm(p, n, x):
            return layer_norm(x, x.shape[-1:], p[n + '.weight'], p[n + '.bias'])
        def attention(qkv, heads):
            B, T, d = qkv.shape[0], qkv.shape[1], qkv.shape[2] // 3
            q, k, v = [z.view(B, T, heads, d // heads).transpose(1, 2) for z in qkv.split(d, 2)]
            a = q @ k.transpose(-2, -1) / math.sqrt(d // heads)
            a = a.masked_fill(torch.ones(T, T).tril() == 0, -math.inf).softmax(-1)
            return (a @ v).transpose(1, 2).reshape(B, T, d)
        def one_layer(p, x, heads, layers):
            y = norm(p, 'ln_f', attention(lin(p, 'c_attn', x), heads))
            y = torch.relu(lin(p, 'linear_modules.0', y))
            for i in range(1, layers): y = torch.relu(lin(p, f'linear_modules.{i}', y)) + y
            return y
        def gpt(p, x, heads, layers):
            for i in range(layers):
                h = f'transformer.h.{i}.'
                y = attention(lin(p, h + 'attn.c_attn', norm(p, h + 'ln_1', x)), heads)
                x = x + lin(p, h + 'attn.c_proj', y)
                y = gelu(lin(p, h + 'mlp.c_fc', norm(p, h + 'ln_2', x)))
                x = x + lin(p, h + 'mlp.c_proj', y)
            return norm(p, 'ln_f', x)
        def heads_mlp_gpt(p, x, heads, layers):
            for i in range(layers):
                h = f'transformer.h.{i}.'
                x = x + attention(lin(p, h + 'attn.c_attn', norm(p, h + 'ln_1', x)), heads)
                y = lin(p, h + 'mlp.mid', lin(p, h + 'mlp.down', norm(p, h + 'ln_2', x)))
                x = x + lin(p, h + 'mlp.up', torch.relu(y))
            return x
        def loss_of(p, bits, net, heads, layers):
            x = p['wte.weight'][bits] + p['wpe.weight'][:bits.shape[1]]
            y = lin(p, 'lm_head', net(p, x, heads, layers))
            ce = cross_entropy(y[:, :-1].reshape(-1, 2), bits[:, 1:].reshape(-1),
                reduction='none').view(bits.shape[0], -1)
            return ce.mean()
        """;

    private readonly string architecture;
    private readonly LaneState state = new(1);
    private readonly Lanes lanes;
    private readonly string start;

    public SequenceOracle(string architecture, params (string, SettingValue)[] settings)
    {
        this.architecture = architecture;
        lanes = new Lanes([Bench.Lane(new SequenceSwitch(), 3,
        [
            ("architecture", new Text(architecture)), ("sequence_length", new Integer(Length)),
            ("heads", new Integer(2)), ("features", new Integer(3)), ("mlp_size", new Integer(7)),
            ("layers", new Integer(2)), ("init_std", new Real(.4)), .. settings,
        ])], Device.Cpu);
        var shape = SequenceShape.Of(lanes);
        Parameters = new SequenceParameters(lanes, state, shape);
        Learning = new SequenceLearning(lanes, state, shape, Parameters);
        start = JsonSerializer.Serialize(Values());
    }

    public SequenceParameters Parameters { get; }

    public SequenceLearning Learning { get; }

    public static SequenceBatch Batch(int number) => new(Bits(number), 1, Length, Device.Cpu);

    /// <summary>Loss and gradients of a batch, in PyTorch and in double precision.</summary>
    public (double Loss, Dictionary<string, double[]> Slopes) Gradients(int batch)
    {
        var found = Ask<Dictionary<string, double[]>>($$"""
            loss = loss_of(p, batch({{batch}}), {{Net}})
            loss.backward()
            found = {n: t.grad.flatten().tolist() for n, t in p.items()}
            print(json.dumps(dict(found, loss=[loss.item()])))
            """, "float64", [batch]);
        var loss = found["loss"][0];
        found.Remove("loss");
        return (loss, found);
    }

    /// <summary>PyTorch's parameters after steps of Adam in float32.</summary>
    public Dictionary<string, double[]> Trained(int steps, double rate) =>
        Ask<Dictionary<string, double[]>>($$"""
            adam = torch.optim.Adam(p.values(), lr={{rate}})
            for i in range({{steps}}):
                adam.zero_grad()
                loss_of(p, batch(i), {{Net}}).backward()
                adam.step()
            print(json.dumps({n: t.flatten().tolist() for n, t in p.items()}))
            """, "float32", [.. Enumerable.Range(0, steps)]);

    public Dictionary<string, double[]> Values() =>
        Parameters.Weights.ToDictionary(weight => weight.Name, weight => Doubles(
            Parameters[weight.Name]));

    public static double[] Doubles(Tensor tensor) =>
        [.. tensor.Contiguous().ToArray<float>().Select(value => (double)value)];

    /// <summary>What of a trained parameter can be compared: softmax does not see the keys' bias,
    /// whose gradient is rounding alone, of which Adam makes steps.</summary>
    public static double[] Learned(string name, double[] values)
    {
        if (!name.EndsWith("c_attn.bias", StringComparison.Ordinal)) return values;
        var third = values.Length / 3;
        return [.. values[..third], .. values[(2 * third)..]];
    }

    public void Dispose() => state.Free();

    private string Net =>
        $"{architecture}, 2, {(architecture == "one_layer" ? lanes.Size("mlp_layers") : 2)}";

    private T Ask<T>(string script, string type, int[] batches)
    {
        var shapes = string.Join(", ", Parameters.Weights.Select(weight =>
            $"'{weight.Name}': [{string.Join(", ", weight.Shape)}]"));
        var bits = string.Join(", ", batches.Select(number =>
            $"{number}: [{string.Join(", ", Bits(number))}]"));
        return PyTorch.Run<T>($$"""
            {{Nets}}
            shapes = { {{shapes}} }
            bits = { {{bits}} }
            def batch(i): return torch.tensor(bits[i]).view(-1, {{Length}})
            p = {n: torch.tensor(v, dtype=torch.{{type}}).view(shapes[n]).requires_grad_()
                for n, v in json.loads('{{start}}').items()}
            torch.set_default_dtype(torch.{{type}})
            {{script}}
            """);
    }

    private static byte[] Bits(int number)
    {
        var row = new float[Samples * Length];
        new Mneme.Random.RandomStream(7, 7).FillUniform(number, row);
        return [.. row.Select(value => value < .5f ? (byte)0 : (byte)1)];
    }
}
