using Mneme.Random;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>What a batch of one step is told and asked. A time's input is a row with one 1 for each
/// thing that is said at once.</summary>
/// <param name="Inputs">[lane, batch * time, width]</param>
/// <param name="Target">The class that is right at the last time.   // [sample]</param>
/// <param name="Earlier">A class that was right before and no longer is, or -1.   //
/// [sample]</param>
internal sealed record Episode(Tensor Inputs, Tensor Target, Tensor Earlier);

/// <summary>A kind of episode: how long it is, where turns end, and what is said in one.</summary>
/// <param name="Width">Different things that can be said.</param>
/// <param name="Classes">Different answers.</param>
/// <param name="Times">Length of an episode.</param>
/// <param name="Turns">Times at which a new turn begins.</param>
/// <param name="Fill">Says one sample of one step: its input rows, target and earlier
/// target.</param>
internal sealed record EpisodeKind(
    int Width, int Classes, int Times, int[] Turns, EpisodeKind.Writer Fill)
{
    // The words "my name is what ?", then the names.
    private const int My = 0, Name = 1, Is = 2, What = 3, QuestionMark = 4, Words = 5;

    public delegate (long Target, long Earlier) Writer(Draw draw, Action<int, int> say);

    public static EpisodeKind Of(Lanes lanes)
    {
        var names = lanes.Size("names");
        return lanes[0].Text("task") switch
        {
            "name_recall" => NameRecall(names),
            "rename" => Rename(names),
            _ => Associations(lanes.Size("pairs"), lanes.Size("symbols")),
        };
    }

    /// <summary>Turn 1: <c>my name is N</c>; turn 2: <c>what is my name ?</c></summary>
    private static EpisodeKind NameRecall(int names) => new(
        Words + names, names, Times: 9, Turns: [4], (draw, say) =>
        {
            var name = draw.Below(names);
            Say(say, 0, My, Name, Is, Words + name, What, Is, My, Name, QuestionMark);
            return (name, -1);
        });

    /// <summary>Told, asked, told another one, asked again: the latest name counts.</summary>
    private static EpisodeKind Rename(int names) => new(
        Words + names, names, Times: 18, Turns: [4, 9, 13], (draw, say) =>
        {
            var first = draw.Below(names);
            var second = (first + 1 + draw.Below(names - 1)) % names;
            Say(say, 0, My, Name, Is, Words + first, What, Is, My, Name, QuestionMark);
            Say(say, 9, My, Name, Is, Words + second, What, Is, My, Name, QuestionMark);
            return (second, first);
        });

    /// <summary>Pairs of a key and a value, each pair at once; then one key alone.</summary>
    private static EpisodeKind Associations(int pairs, int symbols) => new(
        2 * symbols, symbols, pairs + 1, Turns: [pairs], (draw, say) =>
        {
            var keys = draw.Distinct(pairs, symbols);
            var values = Enumerable.Range(0, pairs).Select(_ => draw.Below(symbols)).ToArray();
            for (var t = 0; t < pairs; t++)
            {
                say(t, keys[t]);
                say(t, symbols + values[t]);
            }
            var asked = draw.Below(pairs);
            say(pairs, keys[asked]);
            return (values[asked], -1);
        });

    private static void Say(Action<int, int> say, int from, params ReadOnlySpan<int> words)
    {
        for (var t = 0; t < words.Length; t++) say(from + t, words[t]);
    }
}

/// <summary>The numbers of one sample of one step, one after the other.</summary>
internal sealed class Draw(RandomStream stream, long step, long first)
{
    private long next = first;

    public int Below(int count) => (int)stream.Integer(step, count, next++);

    public int[] Distinct(int count, int from)
    {
        var all = Enumerable.Range(0, from).ToArray();
        for (var i = 0; i < count; i++)
        {
            var other = i + Below(from - i);
            (all[i], all[other]) = (all[other], all[i]);
        }
        return all[..count];
    }
}

/// <summary>The episodes of the steps, each a pure function of (seed, step, sample).</summary>
internal sealed class Episodes(Lanes lanes, EpisodeKind kind, int batch)
{
    private const long NumbersPerSample = 1 << 12;

    private readonly RandomStream[] streams = lanes.Each(lane => lane.Stream("data/episode"));

    public Episode At(long step)
    {
        var inputs = new float[lanes.Count * batch * kind.Times * kind.Width];
        var (targets, earlier) = (new long[lanes.Count * batch], new long[lanes.Count * batch]);
        for (var sample = 0; sample < targets.Length; sample++)
        {
            var from = sample * kind.Times;
            var draw = new Draw(
                streams[sample / batch], step, sample % batch * NumbersPerSample);
            (targets[sample], earlier[sample]) = kind.Fill(
                draw, (time, what) => inputs[(from + time) * kind.Width + what] = 1);
        }
        return new Episode(
            Tensor.From(inputs, [lanes.Count, batch * kind.Times, kind.Width], lanes.Device),
            Tensor.From(targets, [targets.Length], lanes.Device),
            Tensor.From(earlier, [earlier.Length], lanes.Device));
    }
}
