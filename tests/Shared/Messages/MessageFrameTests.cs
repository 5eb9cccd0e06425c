using System.Text;
using System.Text.Json;
using Mneme.Messages;
using Mneme.Transport;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Messages;

public sealed class MessageFrameTests
{
    public static TheoryData<string, Message> Samples => MessageCodecTests.OneOfEachKind;

    [Theory, MemberData(nameof(Samples))]
    public void A_whole_message_of_each_kind_is_let_in(string kind, Message message) =>
        MessageFrame.Open(MessageFrame.Of(message, new Sender("box", "secret", 4)))
            .ShouldNotBeNull(kind).From.ShouldBe(new Sender("box", "secret", 4));

    [Theory]
    [InlineData("commit", """{"segment":{"experiment":"e","index":0},"epoch":1}""")]
    [InlineData("commit", """{"segment":{"index":0},"checkpoint":"c","lanes":[]}""")]
    [InlineData("commit",
        """{"segment":{"experiment":"e","index":0},"checkpoint":"c","lanes":[{"path":0}]}""")]
    [InlineData("beat", "{}")]
    [InlineData("beat", """{"held":[null]}""")]
    [InlineData("release", """{"segment":{"experiment":"e","index":0}}""")]
    [InlineData("hello", """{"protocol":2,"node":"n","incarnation":"i","box":"b"}""")]
    public void A_message_with_a_part_missing_is_no_message(string kind, string body) =>
        Should.Throw<JsonException>(() => Open(kind, body));

    [Fact]
    public void A_hello_of_another_protocol_may_lack_what_that_one_does_not_know() =>
        Open("hello", """{"protocol":1,"node":"n","incarnation":"i","box":"b"}""")
            .ShouldNotBeNull();

    private static Letter? Open(string kind, string body) => MessageFrame.Open(new Frame(
        Encoding.UTF8.GetBytes($$"""{"v":1,"kind":"{{kind}}","body":{{body}}}"""),
        MessageFrame.Of(new Bye(), new Sender("box")).Headers));
}
