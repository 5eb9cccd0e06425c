using System.Diagnostics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mneme.Specs;
using Mneme.Tests.Shared.Results;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Specs;

/// <summary>A file may be anything; reading it ends soon, with a spec or with errors.</summary>
public sealed class HostileSpecTests
{
    private const string Valid =
        "name: a\nmodel: memory-mlp # x\nseeds: [1, 2]\nsettings:\n  layers: [2, 0x4]\n" +
        "  note: \"a\\u00e9\\n\"\n  reset: >-\n    never\nsearch: {method: grid, parameters: " +
        "{momentum: {log_uniform: [1e-3, .5], points: 3}}}\nresources:\n- {device: 'cpu'}\n";

    [Theory]
    [InlineData("- ", "nested more than 64 deep")]
    [InlineData("[", "nested more than 64 deep")]
    [InlineData("{", "a list or mapping stands as a key")]
    [InlineData("{a: ", "nested more than 64 deep")]
    [InlineData("? ", "a list or mapping stands as a key")]
    [InlineData("a: ", "not YAML")]
    [InlineData("[a, b], ", "")]
    [InlineData("&a ", "not YAML")]
    [InlineData("!a ", "")]
    [InlineData("%", "not YAML")]
    [InlineData("\"", "")]
    [InlineData("- a\n", "more than 100000 values")]
    [InlineData("a", "the file is the text")]
    [InlineData("1", "the file is 1")]
    [InlineData("#\n", "comments alone")]
    [InlineData("---\n", "a second document begins here")]
    [InlineData("\n", "the file is empty")]
    public void A_hundred_thousand_of_anything_is_refused(string piece, string error) =>
        RefusedSoon(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(piece, 100_001))))
            .ShouldContain(error);

    [Fact]
    public void Many_keys_and_a_long_key_are_read_soon()
    {
        var keys = string.Concat(Enumerable.Range(0, 49_000).Select(i => $"k{i}: {i}\n"));

        RefusedSoon(Encoding.UTF8.GetBytes(keys)).ShouldContain("unknown key 'k0'");
        RefusedSoon(Encoding.UTF8.GetBytes($"? {new string('k', 900_000)}\n: 1\nmodel: dam\n"))
            .Length.ShouldBeLessThan(2000);
    }

    [Theory]
    [InlineData("a: &x 1", "x.yaml:1:4: anchors ('&name') are not allowed")]
    [InlineData("a: *x", "x.yaml:1:4: aliases ('*name') are not allowed")]
    [InlineData("a: !!int 1", "x.yaml:1:4: tags ('!name') are not allowed")]
    [InlineData("!x\na: 1", "tags ('!name') are not allowed")]
    [InlineData("a: ! 1", "tags ('!name') are not allowed")]
    [InlineData("a: 1\n---\nb: 1", "a second document begins here")]
    [InlineData("[a]: 1", "a list or mapping stands as a key")]
    [InlineData("a: \"\\UFFFFFFFF\"", "not YAML")]
    [InlineData("a: \"\\uD800\"", "")]
    [InlineData("a: [1", "not YAML")]
    [InlineData("a: 1\n\tb: 2", "line 2 is indented with a tab: use blanks")]
    [InlineData("name: a\nmodel: dam\0\nsteps: x", "x.yaml:2:11: the control character U+0000")]
    [InlineData("name: a\u001b[2J", "the control character U+001B")]
    public void What_YAML_can_do_beyond_data_is_refused(string yaml, string error) =>
        RefusedSoon(Encoding.UTF8.GetBytes(yaml)).ShouldContain(error);

    [Fact]
    public void An_alias_bomb_does_not_go_off()
    {
        var bomb = "a0: &a0 [x, x]\n" + string.Concat(Enumerable.Range(1, 60)
            .Select(i => $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n"));

        RefusedSoon(Encoding.UTF8.GetBytes(bomb)).ShouldContain("anchors");
    }

    [Fact]
    public void Text_in_another_encoding_is_named_so()
    {
        RefusedSoon(Encoding.Unicode.GetPreamble()).ShouldContain("not UTF-8 text");
        RefusedSoon([.. "name: "u8, 0xE9]).ShouldContain("not UTF-8 text; expected UTF-8");
        RefusedSoon(Encoding.UTF8.GetPreamble()).ShouldContain("the file is empty");
        RefusedSoon([]).ShouldContain("x.yaml: the file is empty");
    }

    [Fact]
    public void A_path_that_is_no_readable_file_is_one_clear_error()
    {
        using var folder = new TemporaryFolder();

        Read(folder.At("none.yaml")).ShouldBe($"{folder.At("none.yaml")}: no such file");
        Read(folder.At("no/ne.yaml")).ShouldEndWith(": no such file");
        Read(folder.At("")).ShouldEndWith(": this is a folder; expected a YAML file");
        Read(folder.Write("big.yaml", new byte[(1 << 20) + 1]))
            .ShouldEndWith("larger than 1048576 bytes; expected a spec");
        Read("\0").ShouldContain("no");
        Read("").ShouldContain("not readable");
        Read(folder.Write("empty.yaml", []))
            .ShouldEndWith("the file is empty; expected an experiment");
    }

    [Fact]
    public void Every_cut_of_a_file_is_read_or_refused()
    {
        for (var length = 0; length < Valid.Length; length++)
            Bounded(Encoding.UTF8.GetBytes(Valid[..length]));
    }

    [Fact]
    public void Changed_bytes_are_read_or_refused()
    {
        var whole = Encoding.UTF8.GetBytes(Valid);
        var odd = "[]{}:,&*!|>'\"%@`#?- \n\t\r\\x0\u00851e.~<"u8.ToArray();
        var change = Gen.Choose(0, whole.Length - 1).Zip(Gen.Elements(odd)).ListOf();
        Prop.ForAll(change.ToArbitrary(), changes =>
        {
            var changed = whole.ToArray();
            foreach (var (at, to) in changes) changed[at] = to;
            Bounded(changed);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    [Fact]
    public void Random_bytes_are_refused() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => { Bounded(bytes); })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Random_YAML_tokens_are_read_or_refused()
    {
        string[] tokens = ["a", ": ", "- ", "\n", "  ", "[", "]", "{", "}", ", ", "? ", "'", "\"",
            "|\n", ">\n", "#", "&x ", "*x ", "!t ", "---\n", "...\n", "%YAML 1.2\n", "1", "name"];
        var text = Gen.Elements(tokens).ListOf().Select(string.Concat);
        Prop.ForAll(text.ToArbitrary(), yaml =>
        {
            Bounded(Encoding.UTF8.GetBytes(yaml));
        })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    private static string Read(string path) =>
        string.Join("\n", SpecReader.Read(path, SampleFamily.Catalogue).Errors);

    private static string RefusedSoon(byte[] file)
    {
        var reading = Bounded(file);
        reading.IsValid.ShouldBeFalse();
        reading.Errors.ShouldNotBeEmpty();
        return string.Join("\n", reading.Errors);
    }

    private static SpecReading Bounded(byte[] file)
    {
        var watch = Stopwatch.StartNew();
        var reading = SpecReader.Parse("x.yaml", file, SampleFamily.Catalogue);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        reading.IsValid.ShouldBe(reading.Errors.IsEmpty);
        return reading;
    }
}
