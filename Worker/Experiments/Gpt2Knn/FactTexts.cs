using Mneme.Worker.Cohorts;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>Texts of facts <c>the SUBJECT OBJECT .</c> after a line's end.</summary>
internal sealed class FactTexts(Lanes lanes)
{
    public const int MostFacts = 4, FactLength = 4, Length = 1 + 2 * MostFacts * FactLength;
    private const int LineEnd = 0, The = 1, Stop = 2, Words = 3;
    private const long NumbersPerWindow = 1 << 10;

    private readonly int batch = lanes.Size("batch_size");
    private readonly int subjects = lanes.Size("subjects"), objects = lanes.Size("objects");

    public int Vocabulary => Words + subjects + objects + lanes.Size("spares");

    /// <summary>The objects among the tokens.</summary>
    public (int First, int Count) Objects => (Words + subjects, objects);

    /// <summary>One to four facts, then four of them again. What is shorter is filled up.</summary>
    public Windows At(long step)
    {
        var rows = lanes.Count * batch;
        var tokens = new long[rows * (Length + 1)];
        var (weight, recall) = (new float[rows * Length], new float[rows * Length]);
        for (var row = 0; row < rows; row++)
        {
            var draw = new Draw(lanes[row / batch].Stream("data/window"), step,
                row % batch * NumbersPerWindow);
            var facts = Facts(draw, 1 + draw.Below(MostFacts));
            var text = Text([.. facts, .. Again(facts, draw)]);
            text.CopyTo(tokens.AsSpan(row * (Length + 1)));
            for (var t = 0; t + 1 < text.Length; t++)
            {
                weight[row * Length + t] = 1;
                if (t >= facts.Length * FactLength && t % FactLength == 2)
                    recall[row * Length + t] = 1;
            }
        }
        var all = Tensor.From(tokens, [lanes.Count, batch, Length + 1], lanes.Device);
        return new Windows(
            all.Narrow(2, 0, Length), all.Narrow(2, 1, Length), ByLane(weight), ByLane(recall));

        Tensor ByLane(float[] values) =>
            Tensor.From(values, [lanes.Count, batch * Length], lanes.Device);
    }

    /// <summary>A question of every lane, the same for all methods.</summary>
    /// <param name="draw">Its draw of facts.</param>
    /// <param name="number">Its number in that draw.</param>
    public Question[] Questions(string draw, long number, int facts) => lanes.Each(lane =>
    {
        var numbers = new Draw(lane.Stream($"ask/{draw}"), number, 0);
        var all = Facts(numbers, 2 * MostFacts);    // the second half is irrelevant
        var asked = numbers.Below(facts);
        var order = numbers.Distinct(facts * FactLength, facts * FactLength);
        return new Question(
            Text(all[..facts]), Text(all[MostFacts..(MostFacts + facts)]),
            [LineEnd, .. Text([all[asked]])[1..3]], all[asked].Object,
            [.. all[..facts].Select(fact => fact.Object)], order);
    });

    private (int Subject, int Object)[] Facts(Draw draw, int count)
    {
        var (s, o) = (draw.Distinct(count, subjects), draw.Distinct(count, objects));
        return [.. s.Zip(o, (subject, what) => (Words + subject, Words + subjects + what))];
    }

    // Every fact once, in any order, before one comes a second time.
    private static IEnumerable<T> Again<T>(T[] facts, Draw draw) =>
        Enumerable.Range(0, MostFacts).SelectMany(_ => draw.Distinct(facts.Length, facts.Length))
            .Take(MostFacts).Select(i => facts[i]);

    private static long[] Text((int Subject, int Object)[] facts) =>
        [LineEnd, .. facts.SelectMany(f => new long[] { The, f.Subject, f.Object, Stop })];
}

/// <param name="Tokens">[lane, batch, time]</param>
/// <param name="Next">[lane, batch, time]</param>
/// <param name="Weight">1 where a text goes on, 0 behind its end.   // [lane, batch * time]</param>
/// <param name="Recall">1 where a fact's object is to be repeated.   // [lane, batch *
/// time]</param>
internal sealed record Windows(Tensor Tokens, Tensor Next, Tensor Weight, Tensor Recall);

/// <param name="Text">The facts.</param>
/// <param name="Irrelevant">As many other facts.</param>
/// <param name="Prompt">The beginning of the asked one.</param>
/// <param name="Answer">The token that ends it.</param>
/// <param name="Stored">All objects of the facts.</param>
/// <param name="Order">A random order of the stored rows.</param>
internal sealed record Question(
    long[] Text, long[] Irrelevant, long[] Prompt, long Answer, long[] Stored, int[] Order);
