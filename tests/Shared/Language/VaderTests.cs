using System.Text;
using Mneme.Results;
using Mneme.Language;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Language;

/// <summary>Published figures of the reference program, version 3.3.2.</summary>
public sealed class VaderTests
{
    private static readonly Vader Vader = TextFiles.Sentiment;

    [Theory]
    [InlineData("VADER is smart, handsome, and funny.", .8316)]
    [InlineData("VADER is smart, handsome, and funny!", .8439)]
    [InlineData("VADER is very smart, handsome, and funny.", .8545)]
    [InlineData("VADER is VERY SMART, handsome, and FUNNY.", .9227)]
    [InlineData("VADER is VERY SMART, handsome, and FUNNY!!!", .9342)]
    [InlineData("VADER is VERY SMART, uber handsome, and FRIGGIN FUNNY!!!", .9469)]
    [InlineData("VADER is not smart, handsome, nor funny.", -.7424)]
    [InlineData("The book was only kind of good.", .3832)]
    [InlineData("Make sure you :) or :D today!", .8633)]
    [InlineData("Not bad at all", .431)]
    [InlineData("good but good good", .8641)]
    [InlineData("good good but bad bad", -.8225)]
    [InlineData("bad good bad good bad", -.6908)]
    [InlineData("never so good", .5777)]
    [InlineData("without doubt good", .6136)]
    [InlineData("It was least good", -.3412)]
    [InlineData("no good", -.3412)]
    [InlineData("no no good", -.1326)]
    [InlineData("he had no fun or joy", -.6979)]
    [InlineData("kind of good", .4404)]
    [InlineData("sort of good", .4404)]
    [InlineData("The SHIT is the shit", -.8374)]
    [InlineData("GOOD day", .5622)]
    [InlineData("good? good??", .7461)]
    [InlineData("good????", .594)]
    [InlineData("yeah right good", .6249)]
    [InlineData("to die for", -.5994)]
    [InlineData("not very very good", -.427)]
    [InlineData("isn't so good", -.3865)]
    [InlineData("this is so very good", .5379)]
    [InlineData("it is so not good", -.3988)]
    [InlineData("Good, BUT bad", -.5859)]
    [InlineData("not good, very good", -.616)]
    public void Texts_have_the_published_compound(string text, double compound) =>
        Vader.Of(text).Compound.ShouldBe(compound);

    [Theory]
    [InlineData("The book was good.", .4404, 0, .508, .492)]
    [InlineData("At least it isn't a horrible book.", .431, 0, .678, .322)]
    [InlineData(
        "The plot was good, but the characters are uncompelling and the dialog is not great.",
        -.7042, .327, .579, .094)]
    [InlineData("Today SUX!", -.5461, .779, .221, 0)]
    [InlineData("Today only kinda sux! But I'll get by, lol", .5249, .127, .556, .317)]
    [InlineData("Cats are horrible", -.5423, .636, .364, 0)]
    [InlineData("Good good GOOD!", .8666, 0, 0, 1)]
    [InlineData("!!!", 0, 0, 1, 0)]
    [InlineData("", 0, 0, 0, 0)]
    public void Texts_have_the_published_shares(
        string text, double compound, double negative, double neutral, double positive)
    {
        var found = Vader.Of(text);
        (found.Compound, found.Negative, found.Neutral, found.Positive)
            .ShouldBe((compound, negative, neutral, positive));
    }

    [Fact]
    public void A_lexicon_without_means_is_refused() =>
        Should.Throw<MalformedFileException>(() => new Vader(Encoding.UTF8.GetBytes("good\n")))
            .Message.ShouldBe("vader_lexicon.txt: 'good' is no word with its mean");
}
