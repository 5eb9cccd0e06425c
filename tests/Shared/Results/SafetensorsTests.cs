using System.Collections.Immutable;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mneme.Results;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Results;

public sealed class SafetensorsTests
{
    private static readonly Dictionary<string, string> NoMetadata = [];

    private static readonly NamedArray[] Arrays =
    [
        NamedArray.Of<float>("W1", [1f, -2f, 0.5f, float.NaN, 4f, 5f], 2, 3),
        NamedArray.Of<double>("loss", [Math.PI], []),
        NamedArray.Of<byte>("tag é\"", [1, 2, 255], 3),
        NamedArray.Of<long>("step", [long.MinValue, 7], 2, 1),
        NamedArray.Of<int>("none", [], 0, 4),
        NamedArray.Of<bool>("alive", [true, false, true], 3),
    ];

    // Written from the format's description, without our code in sight.
    private const string Reader =
        """
        import json, struct, sys
        import numpy as np
        raw = open(sys.argv[1], 'rb').read()
        (n,) = struct.unpack('<Q', raw[:8])
        assert n % 8 == 0
        types = dict(F32='<f4', F64='<f8', I64='<i8', I32='<i4', U8='u1', BOOL='?')
        header = json.loads(raw[8:8 + n].decode('utf-8'))
        print(json.dumps(header.pop('__metadata__', {}), ensure_ascii=True))
        for name, entry in header.items():
            begin, end = entry['data_offsets']
            array = np.frombuffer(raw[8 + n:][begin:end], types[entry['dtype']])
            array = array.reshape(entry['shape'])
            print(ascii(name), array.dtype, list(array.shape), array.tolist())
        """;

    [Fact]
    public void An_independent_reader_finds_what_was_written()
    {
        using var folder = new TemporaryFolder();
        var metadata = new Dictionary<string, string> { ["z"] = "1\n", ["a"] = "ü" };
        var path = folder.Write("a.safetensors", Written(Arrays, metadata));

        Python.Run(Reader, path).ShouldBe(
            """
            {"a": "\u00fc", "z": "1\n"}
            'W1' float32 [2, 3] [[1.0, -2.0, 0.5], [nan, 4.0, 5.0]]
            'loss' float64 [] 3.141592653589793
            'tag \xe9"' uint8 [3] [1, 2, 255]
            'step' int64 [2, 1] [[-9223372036854775808], [7]]
            'none' int32 [0, 4] []
            'alive' bool [3] [True, False, True]
            """);
    }

    [Fact]
    public void Reading_gives_back_what_was_written()
    {
        var metadata = new Dictionary<string, string> { ["spec"] = "name: x", [""] = "" };
        var read = Safetensors.Read(Written(Arrays, metadata));

        read.Metadata.ShouldBe(metadata, ignoreOrder: true);
        read.Arrays.Length.ShouldBe(Arrays.Length);
        foreach (var (back, array) in read.Arrays.Zip(Arrays)) ShouldEqual(back, array);
        read.Arrays[3].As<long>().ToArray().ShouldBe([long.MinValue, 7]);
        Should.Throw<InvalidOperationException>(() => read.Arrays[3].As<int>().Length);
    }

    [Fact]
    public void The_order_of_metadata_does_not_change_the_bytes()
    {
        var one = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" };
        var other = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" };

        Written(Arrays, one).ShouldBe(Written(Arrays, other));
    }

    [Fact]
    public void Nothing_at_all_can_be_written_and_read() =>
        Safetensors.Read(Written([], NoMetadata)).Arrays.ShouldBeEmpty();

    [Fact]
    public void A_writer_refuses_a_wrong_size_and_a_second_use_of_a_name()
    {
        var wrong = Arrays[0] with { Shape = [2, 2] };

        Should.Throw<ArgumentException>(() => Written([wrong], NoMetadata))
            .Message.ShouldContain("'W1'");
        Should.Throw<ArgumentException>(() => Written([Arrays[0], Arrays[0]], NoMetadata));
        Should.Throw<ArgumentException>(() =>
            Written([Arrays[0] with { Name = "__metadata__" }], NoMetadata));
        Should.Throw<ArgumentException>(() => NamedArray.Of<float>("x", [1f], 2));
        Should.Throw<ArgumentException>(() => NamedArray.Of<float>("x", [], -1, 0));
    }

    [Theory]
    [InlineData("{", "is not JSON")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("""{"a":1}""", "'a' is not a JSON object")]
    [InlineData("""{"a":{"dtype":"F4","shape":[1],"data_offsets":[0,4]}}""", "unknown dtype 'F4'")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", "has no dtype")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,4]}}""", "has no shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", "has no data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "is not 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "holds no count")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", "holds no count")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", "[4, 0)")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "have 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", "two data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":0}}""", "key 'x'")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", "end at byte 2")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", "leaves a gap")]
    [InlineData("""{"a":{"dtype":"BOOL","shape":[4],"data_offsets":[0,4]}}""", "neither 0 nor 1")]
    [InlineData("""{"__metadata__":{"a":1}}""", "not a text")]
    [InlineData("""{"__metadata__":[]}""", "not a JSON object")]
    [InlineData("""{"\ud800":{}}""", "not JSON of this format")]
    [InlineData("""{"a":{},"a":{}}""", "not JSON of this format")]
    [InlineData("""{"a":{"dtype":"U8","shape":[[[4]]],"data_offsets":[0,4]}}""", "not JSON")]
    [InlineData(
        """
        {"a":{"dtype":"F64","shape":[4611686018427387904,4],"data_offsets":[0,4]}}
        """,
        "is not 4 bytes")]
    [InlineData(
        """
        {"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},
         "b":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}
        """,
        "overlaps")]
    public void A_dishonest_header_is_refused(string header, string problem) =>
        ShouldBeRefused(File(header, [0, 0, 0, 9]), problem);

    [Fact]
    public void A_dishonest_length_is_refused()
    {
        ShouldBeRefused([1, 2, 3], "too few");
        ShouldBeRefused([9, 0, 0, 0, 0, 0, 0, 0, 1], "claims 9 bytes, 1 are left");
        ShouldBeRefused([255, 255, 255, 255, 255, 255, 255, 255, 1], "exceeds");
    }

    [Fact]
    public void A_hostile_name_does_not_flood_the_error()
    {
        var header = $"{{\"{new string('x', 1_000_000)}\":1}}";

        Should.Throw<MalformedFileException>(() => Safetensors.Read(File(header, [])))
            .Message.Length.ShouldBeLessThan(1000);
    }

    [Fact]
    public void Every_cut_and_every_changed_byte_is_read_or_refused()
    {
        var whole = Written(Arrays, NoMetadata);
        for (var length = 0; length < whole.Length; length++)
            Should.Throw<MalformedFileException>(() => Safetensors.Read(whole.AsMemory(0, length)));
        var change = Gen.Choose(0, whole.Length - 1).Zip(Gen.Choose(0, 255)).ToArbitrary();
        Prop.ForAll(change, at =>
        {
            var changed = whole.ToArray();
            changed[at.Item1] = (byte)at.Item2;
            ReadOrRefuse(changed);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    private static void ReadOrRefuse(byte[] bytes)
    {
        try { Safetensors.Read(bytes); }
        catch (MalformedFileException refusal) { refusal.File.ShouldBe("safetensors"); }
    }

    private static void ShouldBeRefused(byte[] file, string problem) =>
        Should.Throw<MalformedFileException>(() => Safetensors.Read(file, "c.safetensors"))
            .Message.ShouldSatisfyAllConditions(
                message => message.ShouldStartWith("c.safetensors: "),
                message => message.ShouldContain(problem));

    private static byte[] File(string header, byte[] data)
    {
        var text = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((ulong)text.Length), .. text, .. data];
    }

    private static byte[] Written(
        IReadOnlyList<NamedArray> arrays, IReadOnlyDictionary<string, string> metadata)
    {
        using var stream = new MemoryStream();
        Safetensors.Write(stream, arrays, metadata);
        return stream.ToArray();
    }

    private static void ShouldEqual(NamedArray back, NamedArray array)
    {
        back.Name.ShouldBe(array.Name);
        back.Type.ShouldBe(array.Type);
        back.Shape.ShouldBe(array.Shape);
        back.Bytes.ToArray().ShouldBe(array.Bytes.ToArray());
    }
}
