using Mneme.Random;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Random;

public sealed class PhiloxTests
{
    // The vectors for philox4x32-10 in kat_vectors of the authors' Random123 library.
    [Theory]
    [InlineData(
        new uint[] { 0, 0, 0, 0 }, new uint[] { 0, 0 },
        new uint[] { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 })]
    [InlineData(
        new uint[] { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
        new uint[] { 0xffffffff, 0xffffffff },
        new uint[] { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd })]
    [InlineData(
        new uint[] { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
        new uint[] { 0xa4093822, 0x299f31d0 },
        new uint[] { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 })]
    public void The_published_vectors_come_out(uint[] counter, uint[] key, uint[] expected)
    {
        var words = new Words(counter[0], counter[1], counter[2], counter[3]);

        var drawn = Philox.Draw(words, key[0], key[1]);

        new[] { drawn[0], drawn[1], drawn[2], drawn[3] }.ShouldBe(expected);
    }
}
