using Mneme.Worker.Cohorts;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>What one turn says, and what should be replied.   // [lane, batch, time]</summary>
/// <param name="Shifted">The reply behind the sign of its start.</param>
internal sealed record Turn(Tensor Said, Tensor Shifted, Tensor Reply);

/// <param name="Context">What a turn begins with, each its own: nobody has said anything yet.   //
/// [turn][lane, batch, 1, width]</param>
internal sealed record Dialogue(Turn[] Turns, Tensor[] Context);

/// <summary>The dialogues of the steps, each a pure function of (seed, step, sample).</summary>
internal sealed class Dialogues(Lanes lanes)
{
    /// <summary>Tokens of a reply: a word, the name, the end.</summary>
    public const int ReplyLength = 3, NamePlace = 1;

    private enum Word
    {
        Padding = 0, Start = 1, End = 2, Unknown = 3, My = 4, Name = 5, Is = 6, Comma = 7, Hi = 8,
        Stop = 9, What = 10, QuestionMark = 11, Its = 12, Count = 13,
    }

    private static readonly Word?[][] Said =
    [
        [Word.My, Word.Name, Word.Is, null],
        [Word.What, Word.Is, Word.My, Word.Name, Word.QuestionMark],
    ];

    private static readonly Word?[][] Replies =
        [[Word.Hi, null, Word.End], [Word.Its, null, Word.End]];

    private readonly int batch = lanes.Size("batch_size"), width = lanes.Size("hidden_size");

    public int Vocabulary => (int)Word.Count + lanes.Size("names");

    public static int Longest => Said.Max(words => words.Length);

    public Dialogue At(long step)
    {
        var names = new long[lanes.Count * batch];
        for (var k = 0; k < lanes.Count; k++)
            lanes[k].Stream("data/name").FillIntegers(
                step, lanes.Size("names"), names.AsSpan(k * batch, batch));
        return new Dialogue(
            [.. Said.Zip(Replies, (said, reply) => new Turn(
                Tokens(said), Tokens([Word.Start, .. reply[..^1]]), Tokens(reply)))],
            [.. Said.Select((_, turn) => Context(turn, step))]);

        Tensor Tokens(Word?[] words) => Tensor.From(
            names.SelectMany(name => words.Select(
                word => (long?)word ?? (long)Word.Count + name)).ToArray(),
            [lanes.Count, batch, words.Length], lanes.Device);
    }

    private Tensor Context(int turn, long step)
    {
        var values = new float[lanes.Count * batch * width];
        for (var k = 0; k < lanes.Count; k++)
            lanes[k].Stream($"data/context{turn}").FillNormal(
                step, values.AsSpan(k * batch * width, batch * width));
        return Tensor.From(values, [lanes.Count, batch, 1, width], lanes.Device);
    }
}
