using Mneme.Worker.Cohorts;
using Mneme.Worker.Nets;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>A GPT's first weights, as GPT-2 begins: N(0, .02), projections back into the residual
/// N(0, .02 / sqrt(2 layers)), biases zero.</summary>
internal static class GptStart
{
    private const float Spread = .02f;

    public static Dictionary<string, Tensor> Of(Lanes lanes, LaneState state, GptShape shape) =>
        shape.Parameters().ToDictionary(p => p.Name, p => state.Add(p.Name, lanes.Draw(
            $"init/{p.Name}", p.Shape, (stream, values) =>
            {
                if (p.Shape.Length == 1)
                {
                    values.Fill(p.Name.Contains("ln_", StringComparison.Ordinal)
                        && p.Name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0);
                    return;
                }
                stream.FillNormal(0, values);
                var spread = p.Name.EndsWith("c_proj.weight", StringComparison.Ordinal)
                    ? Spread / MathF.Sqrt(2 * shape.Layers) : Spread;
                foreach (ref var value in values) value *= spread;
            })).RequireGrad());
}
