using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Mneme.Blobs;
using Mneme.Tests.Shared.Actors;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Conformance;

/// <summary>What every blob store promises. A store joins with one subclass.</summary>
public abstract class BlobConformance
{
    protected VirtualClock Clock { get; } = new();
    protected abstract IBlobStore Store { get; }

    /// <summary>Where the collector works: at the blobs themselves.</summary>
    protected virtual IBlobStore Collected => Store;

    /// <summary>Changes the stored bytes behind the store's back; null removes them.</summary>
    protected abstract void Corrupt(Sha sha, byte[]? content);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    [Fact]
    public void What_was_put_comes_back_whatever_its_bytes() =>
        Prop.ForAll<byte[]>(content =>
        {
            var blob = Store.Put(content).GetAwaiter().GetResult();
            var back = Store.Get(blob.Sha).GetAwaiter().GetResult();
            return blob.Size == content.Length && back.SequenceEqual(content);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task The_name_is_the_sha_256_of_the_content() =>
        (await Store.Put(Bytes("abc"))).Sha.Hex.ShouldBe(
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

    [Fact]
    public async Task An_empty_blob_is_a_blob()
    {
        var blob = await Store.Put(ReadOnlyMemory<byte>.Empty);
        (await Store.Get(blob.Sha)).ShouldBeEmpty();
        (await Store.Has(blob.Sha, 0)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_large_blob_goes_through_as_a_stream()
    {
        var content = new byte[3_000_001];
        for (var i = 0; i < content.Length; i++) content[i] = (byte)(i * 31);
        var blob = await Store.Put(new MemoryStream(content));
        await using var stream = await Store.Open(blob.Sha);
        using var back = new MemoryStream();
        await stream.CopyToAsync(back);
        back.ToArray().SequenceEqual(content).ShouldBeTrue();
    }

    [Fact]
    public async Task Presence_means_name_and_size()
    {
        var blob = await Store.Put(Bytes("here"));
        (await Store.Has(blob.Sha, 4)).ShouldBeTrue();
        (await Store.Has(blob.Sha, 5)).ShouldBeFalse();
        (await Store.Has(Sha.Of(Bytes("not here")), 8)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_missing_blob_is_a_typed_error()
    {
        var sha = Sha.Of(Bytes("not here"));
        await Should.ThrowAsync<BlobMissing>(() => Store.Get(sha));
        await Should.ThrowAsync<BlobMissing>(() => Store.Open(sha));
    }

    [Fact]
    public async Task A_flipped_bit_or_a_cut_tail_never_reaches_the_reader()
    {
        var content = Bytes("precious weights");
        var blob = await Store.Put(content);
        foreach (var damaged in new[] { Flipped(content), content[..^3], [] })
        {
            Corrupt(blob.Sha, damaged);
            await Should.ThrowAsync<BlobDamaged>(() => Store.Get(blob.Sha));
            await Should.ThrowAsync<BlobDamaged>(() => Store.Open(blob.Sha));
        }
    }

    [Fact]
    public async Task Putting_the_content_again_heals_a_damaged_blob()
    {
        var content = Bytes("precious weights");
        var blob = await Store.Put(content);
        Corrupt(blob.Sha, Flipped(content));
        await Store.Put(content);
        (await Store.Get(blob.Sha)).ShouldBe(content);
    }

    [Fact]
    public async Task The_collector_sees_every_blob_in_the_order_of_names()
    {
        var put = new List<Sha>();
        for (var i = 0; i < 20; i++) put.Add((await Store.Put(Bytes($"blob {i}"))).Sha);
        var listed = new List<Sha>();
        await foreach (var blob in Collected.List()) listed.Add(blob.Sha);
        listed.ShouldBe(put.Order());
    }

    [Fact]
    public async Task The_collector_deletes_only_what_nobody_touched_since()
    {
        var old = await Store.Put(Bytes("old"));
        var wanted = await Store.Put(Bytes("wanted"));
        Clock.Advance(TimeSpan.FromHours(2));
        await Store.Put(Bytes("wanted"));
        var limit = Clock.GetUtcNow() - TimeSpan.FromHours(1);

        (await Collected.Delete(old.Sha, limit)).ShouldBeTrue();
        (await Collected.Delete(wanted.Sha, limit)).ShouldBeFalse();
        (await Collected.Delete(old.Sha, limit)).ShouldBeFalse();

        (await Store.Has(old.Sha, 3)).ShouldBeFalse();
        (await Store.Get(wanted.Sha)).ShouldBe(Bytes("wanted"));
    }

    [Fact]
    public async Task Many_writers_of_one_content_leave_one_good_blob()
    {
        var content = new byte[100_000];
        var blobs = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => Task.Run(() => Store.Put(content))));
        blobs.Distinct().Count().ShouldBe(1);
        (await Store.Get(blobs[0].Sha)).SequenceEqual(content).ShouldBeTrue();
    }

    [Fact]
    public async Task A_reader_beside_a_writer_sees_all_or_nothing()
    {
        var content = new byte[500_000];
        var sha = Sha.Of(content);
        var writing = Task.Run(() => Store.Put(content));
        while (!writing.IsCompleted)
        {
            try { (await Store.Get(sha)).Length.ShouldBe(content.Length); }
            catch (BlobMissing) { await Task.Yield(); }
        }
        await writing;
    }

    [Fact]
    public void A_sha_is_hex_text_in_json_and_takes_no_other_spelling()
    {
        var sha = Sha.Of(Bytes("abc"));
        JsonSerializer.Deserialize<Sha>(JsonSerializer.Serialize(sha)).ShouldBe(sha);
        JsonSerializer.Serialize(sha).ShouldBe($"\"{sha.Hex}\"");
        foreach (var bad in new[] { "../" + sha.Hex[3..], sha.Hex.ToUpperInvariant(), "", "ab" })
        {
            Sha.TryParse(bad, out _).ShouldBeFalse();
            Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Sha>($"\"{bad}\""));
        }
    }

    private static byte[] Flipped(byte[] content)
    {
        var flipped = content.ToArray();
        flipped[content.Length / 2] ^= 1;
        return flipped;
    }
}
