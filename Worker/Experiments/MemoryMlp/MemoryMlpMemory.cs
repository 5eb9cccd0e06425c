using System.Collections.Immutable;
using Mneme.Results;
using Mneme.Worker.Memories;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>The written neurons of a lane of <see cref="MemoryMlp"/>, for people.</summary>
internal static class MemoryMlpMemory
{
    /// <param name="written">The token that each sample wrote last, or null.   // [sample]</param>
    public static LaneMemory Of(
        int lane, int batch, EpisodicWeights memory, Tensor? written, bool isReset)
    {
        var arrays = ImmutableArray.CreateBuilder<NamedArray>();
        for (var i = 0; i < memory.Weight.Length; i++)
        {
            arrays.Add(Own($"weight{i}", memory.Weight[i], lane, batch));
            arrays.Add(Own($"bias{i}", memory.Bias[i], lane, batch));
        }
        var facts = ImmutableArray.Create(
            ("memory neurons", string.Join(" + ", memory.Weight.Select(w => w.Size(2)))),
            ("reset", isReset ? "before every step" : "never"),
            ("last written", written is null ? "nothing yet" : "token "
                + string.Join(", ", written.ToArray<long>().AsSpan(lane * batch, batch)
                    .ToArray())));
        return new LaneMemory(facts, arrays.ToImmutable());
    }

    // [sample, rows, columns] -> [batch, rows, columns]
    private static NamedArray Own(string name, Tensor all, int lane, int batch)
    {
        var own = all.Detach().Narrow(0, (long)lane * batch, batch);
        return NamedArray.Of<float>(name, own.ToArray<float>(), own.Shape.ToArray());
    }
}
