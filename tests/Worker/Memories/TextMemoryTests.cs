using System.Text;
using Mneme.Results;
using Mneme.Tests.Worker.Weights;
using Mneme.Worker.Memories;
using Mneme.Worker.Nets;
using Mneme.Worker.Torch;
using Mneme.Worker.Weights;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Worker.Memories;

/// <summary>A text's memory in a file.</summary>
public sealed class TextMemoryTests : IDisposable
{
    private readonly TensorScope scope = new();
    private readonly string folder = Directory.CreateTempSubdirectory("mneme-memory-").FullName;
    private readonly Gpt2Model net;
    private readonly Gpt gpt;
    private readonly long[] text = [0, 4, 7, 2, 7, 9];

    public TextMemoryTests()
    {
        net = Gpt2Model.Load(new TinyGpt2(TinyGpt2.Small).Write(folder), Device.Cpu);
        gpt = new Gpt(net.Shape with { Heads = 2 }, net.Weights);
    }

    public void Dispose()
    {
        net.Free();
        scope.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Stored_and_loaded_it_is_recalled_to_the_same_bits()
    {
        var built = Built();
        var loaded = Read(Bytes(built));

        Recalled(loaded).ShouldBe(Recalled(built));
        Bytes(loaded).ShouldBe(Bytes(built));
        loaded.Tokens.ShouldBe(text);
        loaded.Rows.ShouldBe(5);
    }

    [Fact]
    public void The_order_of_its_rows_matters_to_nobody()
    {
        var built = Built();
        var order = Tensor.From(new long[] { 3, 0, 4, 1, 2 }, [5]);
        var turned = built with
        {
            Layers = built.Layers.SetItem(1, new StoredAttention(
                built.Layers[1].Keys.Index(2, order), built.Layers[1].Values.Index(2, order))),
        };

        var (first, second) = (Recalled(built), Recalled(turned));
        for (var i = 0; i < first.Length; i++) second[i].ShouldBe(first[i], 1e-5f);
    }

    [Fact]
    public void Recall_while_it_is_stored_disturbs_only_later_layers()
    {
        var clean = Built(0, 1);
        var disturbed = TextMemory.Build(gpt, net.Fingerprint, "", text, [0, 1], 1,
            new NeighbourRecall(0, 1e9, 1, .1, 2, WithOwn: false));

        Floats(disturbed.Layers[0].Keys).ShouldBe(Floats(clean.Layers[0].Keys));
        Floats(disturbed.Layers[1].Keys).ShouldNotBe(Floats(clean.Layers[1].Keys));
    }

    [Fact]
    public void One_of_another_net_is_refused()
    {
        var error = Should.Throw<MalformedFileException>(
            () => TextMemory.Read(Bytes(Built()), "m", new string('a', 64), Device.Cpu));

        error.Message.ShouldBe($"m: it was made by another net ({net.Fingerprint[..12]}), "
            + "this one is aaaaaaaaaaaa: build it again");
    }

    [Fact]
    public void A_damaged_number_is_found_by_the_checksum()
    {
        var bytes = Bytes(Built());
        bytes[^3] ^= 1;
        Should.Throw<MalformedFileException>(() => Read(bytes))
            .Message.ShouldBe("m: its checksum is wrong: it is damaged");
    }

    [Fact]
    public void A_changed_fact_is_found_by_the_checksum()
    {
        var bytes = Bytes(Built());
        var place = bytes.AsSpan().IndexOf("\"dropped\":\"1\""u8);
        bytes[place + "\"dropped\":\"".Length] = (byte)'0';
        Should.Throw<MalformedFileException>(() => Read(bytes))
            .Message.ShouldBe("m: its checksum is wrong: it is damaged");
    }

    [Fact]
    public void Cut_anywhere_it_is_refused()
    {
        var bytes = Bytes(Built());
        for (var length = 0; length < bytes.Length; length += 37)
            Should.Throw<MalformedFileException>(() => Read(bytes[..length]));
    }

    [Fact]
    public void Other_files_of_tensors_are_refused()
    {
        var other = new MemoryStream();
        Safetensors.Write(other, [NamedArray.Of<long>("tokens", [1], 1)],
            new Dictionary<string, string> { ["format"] = "pt" });
        Should.Throw<MalformedFileException>(() => Read(other.ToArray()))
            .Message.ShouldBe("m: it is no memory of a text");
    }

    private TextMemory Built(params int[] layers) => TextMemory.Build(
        gpt, net.Fingerprint, "tables", text, layers.Length == 0 ? [1] : layers, 1);

    private TextMemory Read(byte[] bytes) =>
        TextMemory.Read(bytes, "m", net.Fingerprint, Device.Cpu);

    private static byte[] Bytes(TextMemory memory)
    {
        var stream = new MemoryStream();
        memory.Write(stream);
        return stream.ToArray();
    }

    private float[] Recalled(TextMemory memory)
    {
        using var still = Autograd.NoGrad();
        var recall = new NeighbourRecall(0, 1e9, 1000, .1, 2, WithOwn: false);
        return Floats(gpt.Logits(Tensor.From(new long[] { 0, 4, 9 }, [1, 1, 3]), (layer, own) =>
            memory.Layers.TryGetValue(layer, out var stored)
                ? recall.Mix(own, stored).Value : own.Value));
    }

    private static float[] Floats(Tensor tensor) => tensor.Contiguous().ToArray<float>();
}
