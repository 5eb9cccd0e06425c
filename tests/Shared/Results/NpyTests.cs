using Mneme.Results;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Results;

public sealed class NpyTests
{
    private const string Loader =
        """
        import sys
        import numpy as np
        for path in sys.argv[1:]:
            a = np.load(path, allow_pickle=False)
            print(a.dtype.str, a.shape, a.tolist())
        """;

    [Fact]
    public void Numpy_loads_arrays_of_every_shape()
    {
        using var folder = new TemporaryFolder();
        string[] paths =
        [
            Write(folder, "0", NamedArray.Of<double>("", [0.5])),
            Write(folder, "1", NamedArray.Of<long>("", [1, -2, 3], 3)),
            Write(folder, "2", NamedArray.Of<float>("", [1, 2, 3, 4, 5, 6], 2, 3)),
            Write(folder, "3", NamedArray.Of<bool>("", [true], 1, 1, 1)),
            Write(folder, "4", NamedArray.Of<byte>("", [], 0)),
            Write(folder, "5", NamedArray.Of<int>("", [7], 1)),
        ];

        Python.Run(Loader, paths).ShouldBe(
            """
            <f8 () 0.5
            <i8 (3,) [1, -2, 3]
            <f4 (2, 3) [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
            |b1 (1, 1, 1) [[[True]]]
            |u1 (0,) []
            <i4 (1,) [7]
            """);
    }

    [Fact]
    public void The_data_begin_at_a_multiple_of_64_bytes()
    {
        for (var axes = 0; axes < 20; axes++)
        {
            var shape = Enumerable.Repeat(1L, axes).ToArray();
            using var stream = new MemoryStream();
            Npy.Write(stream, NamedArray.Of<byte>("", [9], shape));

            (stream.Length % 64).ShouldBe(1);
            stream.ToArray()[^2].ShouldBe((byte)'\n');
        }
    }

    private static string Write(TemporaryFolder folder, string name, NamedArray array)
    {
        using var stream = new MemoryStream();
        Npy.Write(stream, array);
        return folder.Write(name, stream.ToArray());
    }
}
