using Mneme.Credentials;
using Mneme.Journal;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Credentials;

public sealed class CredentialCheckTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(50);

    private static readonly CredentialRow[] Known =
    [
        Row("good", Now.AddDays(1)), Row("old", Now), Row("revoked", Now.AddDays(1), true),
    ];

    [Theory]
    [InlineData("good", true)]
    [InlineData("Good", false)]
    [InlineData("", false)]
    [InlineData("old", false)]
    [InlineData("revoked", false)]
    public void Only_a_known_token_that_is_still_good_is_taken(string token, bool isTaken) =>
        (CredentialCheck.Of(token, Known, Now)?.Name == token).ShouldBe(isTaken);

    [Fact]
    public void A_hash_is_no_token() =>
        CredentialCheck.Of(Known[0].Hash, Known, Now).ShouldBeNull();

    [Fact]
    public void New_tokens_differ_and_do_not_show()
    {
        var (one, other) = (TokenHash.NewToken(), TokenHash.NewToken());

        one.ShouldNotBe(other);
        one.Reveal().Length.ShouldBe("mneme_".Length + 64);
        one.ToString().ShouldBe("***");
        TokenHash.Of("abc").ShouldBe(
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    private static CredentialRow Row(
        string token, DateTimeOffset expires, bool isRevoked = false) =>
        new(TokenHash.Of(token), token, "viewer", null, expires, isRevoked);
}
