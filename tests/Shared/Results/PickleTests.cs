using Mneme.Results;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Results;

public sealed class PickleTests
{
    // Allows what security.md allows: numpy's reconstruction and nothing else.
    private const string Loader =
        """
        import io, pickle, pickletools, sys
        import numpy as np
        allowed = {('numpy.core.multiarray', '_reconstruct'), ('numpy', 'ndarray'),
                   ('numpy', 'dtype')}
        class Restricted(pickle.Unpickler):
            def find_class(self, module, name):
                assert (module, name) in allowed, (module, name)
                return super().find_class(module, name)
        def show(x):
            if isinstance(x, np.ndarray):
                assert x.flags['C_CONTIGUOUS'] and x.flags['WRITEABLE'], x.flags
                return f'array({x.dtype.str} {x.shape} {x.tolist()})'
            if type(x) is dict:
                return '{' + ', '.join(f'{k!r}: {show(v)}' for k, v in x.items()) + '}'
            if type(x) is list:
                return '[' + ', '.join(map(show, x)) + ']'
            return ascii(x)
        for path in sys.argv[1:]:
            raw = open(path, 'rb').read()
            pickletools.dis(raw, out=io.StringIO())
            plain = show(pickle.loads(raw))
            for unpickler in (Restricted, pickle._Unpickler):
                assert show(unpickler(io.BytesIO(raw)).load()) == plain
            print(plain)
        """;

    [Fact]
    public void Python_loads_plain_values_under_any_unpickler() => Loaded(new PickleValue.Dict
    {
        ["text"] = "naïve \n 😀",
        ["long"] = new string('x', 300),
        [7L] = PickleValue.None,
        ["flags"] = new PickleValue.List { true, false },
        ["whole"] = new PickleValue.List
        {
            0L, 255L, 256L, -1L, 65536L, int.MinValue, int.MaxValue + 1L, long.MinValue,
            long.MaxValue,
        },
        ["real"] = new PickleValue.List
        {
            0.1, -0.0, 1e-320, double.MaxValue, double.NaN, -double.NaN, double.PositiveInfinity,
        },
        ["empty"] = new PickleValue.List { new PickleValue.List(), new PickleValue.Dict(), "" },
        ["again"] = new PickleValue.List { "text", new PickleValue.Dict { ["text"] = 1L } },
    }).ShouldBe(
        "{'text': 'na\\xefve \\n \\U0001f600', 'long': '" + new string('x', 300) + "', " +
        "7: None, 'flags': [True, False], 'whole': [0, 255, 256, -1, 65536, -2147483648, " +
        "2147483648, -9223372036854775808, 9223372036854775807], 'real': [0.1, -0.0, 1e-320, " +
        "1.7976931348623157e+308, nan, nan, inf], 'empty': [[], {}, ''], " +
        "'again': ['text', {'text': 1}]}");

    [Fact]
    public void Python_loads_arrays_of_every_type() => Loaded(new PickleValue.List
    {
        NamedArray.Of<float>("", [1, 2.5f, float.NaN, 4, 5, 6], 2, 3),
        NamedArray.Of<double>("", [Math.E]),
        NamedArray.Of<long>("", [long.MinValue], 1, 1, 1, 1),
        NamedArray.Of<int>("", [-1, 2], 2),
        NamedArray.Of<byte>("", [], 0, 5),
        NamedArray.Of<bool>("", [true, false], 2),
        NamedArray.Of<float>("", [7], 1),
    }).ShouldBe(
        "[array(<f4 (2, 3) [[1.0, 2.5, nan], [4.0, 5.0, 6.0]]), " +
        "array(<f8 () 2.718281828459045), " +
        "array(<i8 (1, 1, 1, 1) [[[[-9223372036854775808]]]]), " +
        "array(<i4 (2,) [-1, 2]), " +
        "array(|u1 (0, 5) []), " +
        "array(|b1 (2,) [True, False]), " +
        "array(<f4 (1,) [7.0])]");

    [Fact]
    public void Python_loads_many_texts_and_long_arrays()
    {
        var texts = new PickleValue.List(
            Enumerable.Range(0, 1000).Select(i => (PickleValue)$"t{i % 600}"));
        var array = NamedArray.Of<int>("", Enumerable.Range(0, 70_000).ToArray(), 70_000);

        var shown = Loaded(new PickleValue.List { texts, array });

        shown.ShouldBe(
            "[[" + string.Join(", ", Enumerable.Range(0, 1000).Select(i => $"'t{i % 600}'")) +
            "], array(<i4 (70000,) [" + string.Join(", ", Enumerable.Range(0, 70_000)) + "])]");
    }

    [Fact]
    public void Equal_values_give_equal_bytes()
    {
        static PickleValue Value() => new PickleValue.Dict
        {
            ["a"] = NamedArray.Of<float>("x", [1, 2], 2),
            ["b"] = -double.NaN,
        };

        Written(Value()).ShouldBe(Written(Value()));
    }

    [Theory]
    [InlineData(255, "43-FF")]
    [InlineData(256, "42-00-01-00-00")]
    [InlineData(0xFFFFFFFF, "42-FF-FF-FF-FF")]
    [InlineData(0x100000000, "8E-00-00-00-00-01-00-00-00")]
    public void Bytes_of_any_length_are_announced(long length, string header)
    {
        using var stream = new MemoryStream();
        new PickleOpcodes(stream).BytesHeader(length);

        BitConverter.ToString(stream.ToArray()).ShouldBe(header);
    }

    [Fact]
    public void What_cannot_be_a_plain_value_is_refused()
    {
        var endless = new PickleValue.List();
        endless.Add(endless);

        Should.Throw<ArgumentException>(() => Written(endless));
        Should.Throw<ArgumentException>(() => Written("\ud800"));
        Should.Throw<ArgumentException>(() => Written(
            new NamedArray("x", ArrayType.Float32, [3], new byte[8])));
        Should.Throw<ArgumentException>(() => new PickleValue.Dict { [1.5] = 1L });
        Should.Throw<ArgumentException>(() => new PickleValue.Dict { { "a", 1L }, { "a", 2L } });
    }

    private static string Loaded(PickleValue value)
    {
        using var folder = new TemporaryFolder();
        return Python.Run(Loader, folder.Write("a.pkl", Written(value)));
    }

    private static byte[] Written(PickleValue value)
    {
        using var stream = new MemoryStream();
        Pickle.Write(stream, value);
        return stream.ToArray();
    }
}
