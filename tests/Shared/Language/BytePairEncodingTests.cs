using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mneme.Results;
using Mneme.Language;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Language;

public sealed class BytePairEncodingTests
{
    private static readonly BytePairEncoding Gpt2 = TextFiles.Encoding;

    [Theory]
    [InlineData("\nCats are horrible", "198 34 1381 389 12361")]
    [InlineData(
        "\nThe name of the city with the third-largest metropolitan area in Canada is",
        "198 464 1438 286 262 1748 351 262 2368 12 28209 27953 1989 287 3340 318")]
    [InlineData(" Vancouver", "10930")]
    [InlineData(" Toronto", "6586")]
    [InlineData(" Mississauga", "12732 44718")]
    [InlineData(" Kelowna", "15150 593 64")]
    [InlineData("Hello world", "15496 995")]
    public void Texts_have_the_published_tokens(string text, string tokens) =>
        string.Join(' ', Gpt2.Encode(text)).ShouldBe(tokens);

    [Fact]
    public void There_are_50257_tokens_and_the_last_ends_a_text()
    {
        Gpt2.Count.ShouldBe(50257);
        Gpt2.Encode(BytePairEncoding.EndOfText, allowsEnd: true).ShouldBe([50256]);
        Gpt2.Encode(BytePairEncoding.EndOfText).Length.ShouldBeGreaterThan(1);
    }

    [Theory]
    [InlineData("I'll say it's John's, we've DON'T",
        "I|'ll| say| it|'s| John|'s|,| we|'ve| DON|'|T")]
    [InlineData("a  b\n\n c   ", "a| | b|\n\n| c|   ")]
    [InlineData("x²  42½", "x|²| | 42½")]
    [InlineData("𝒳𝒴 العربية \u00a0日本", "𝒳𝒴| العربية| |\u00a0|日本")]
    public void Words_are_parted_by_code_point(string text, string pieces) =>
        TextPieces.Of(text).ShouldBe(pieces.Split('|'));

    [Fact]
    public void Any_text_comes_back() => Prop.ForAll<string>(text =>
    {
        var clean = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));
        Gpt2.Decode(Gpt2.Encode(clean)).ShouldBe(clean);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Half_a_letter_is_shown_as_unreadable_and_two_halves_as_the_letter()
    {
        var tokens = Gpt2.Encode("😀");
        tokens.Length.ShouldBeGreaterThan(1);
        Gpt2.Decode(tokens[..1]).ShouldContain('\uFFFD');
        Gpt2.Decode(tokens).ShouldBe("😀");
    }

    [Fact]
    public void Many_threads_may_encode_at_once()
    {
        var fresh = new BytePairEncoding(TextFiles.Bytes(TextFiles.Encoder),
            TextFiles.Bytes(TextFiles.Merges));
        string[] words = [.. Enumerable.Range(0, 2000).Select(i => $" word{i * 7919}")];

        Parallel.For(0, 16, _ =>
        {
            foreach (var word in words) fresh.Decode(fresh.Encode(word)).ShouldBe(word);
        });
    }

    [Fact]
    public void Equal_neighbours_are_joined_from_the_left_everywhere() =>
        Gpt2.Decode(Gpt2.Encode(new string('a', 1001))).ShouldBe(new string('a', 1001));

    [Theory]
    [InlineData("[1]", "#\n", "encoder.json: no JSON object of numbers")]
    [InlineData("{\"a\": 1}", "#\n", "encoder.json: its numbers are not 0, 1, 2 and so on")]
    [InlineData("{\"a\": 0}", "#\n", "encoder.json: the byte that is written")]
    [InlineData("{\"a\": 0}", "#\na b\n", "vocab.bpe: 'a b' is no pair that makes a token")]
    public void Other_files_are_refused(string encoder, string merges, string reason) =>
        Should.Throw<MalformedFileException>(() => new BytePairEncoding(
            Encoding.UTF8.GetBytes(encoder), Encoding.UTF8.GetBytes(merges)))
        .Message.ShouldStartWith(reason);
}
