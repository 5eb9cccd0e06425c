using System.Diagnostics;
using System.Text;
using Mneme.Blobs;
using Mneme.Blobs.Folder;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Conformance;

public sealed class FolderBlobsTests : BlobConformance, IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("mneme blobs ").FullName;
    private readonly FolderBlobs store;

    public FolderBlobsTests() => store = FolderBlobs.Open(root, Clock);

    protected override IBlobStore Store => store;

    public void Dispose() => Directory.Delete(root, recursive: true);

    protected override void Corrupt(Sha sha, byte[]? content)
    {
        var path = Path.Combine(root, sha.Hex[..2], sha.Hex);
        if (content is null) File.Delete(path);
        else File.WriteAllBytes(path, content);
    }

    [Fact]
    public void A_folder_keeps_its_store_id_and_another_folder_has_another()
    {
        FolderBlobs.Open(root, Clock).StoreId.ShouldBe(store.StoreId);
        using var other = new FolderBlobsTests();
        other.store.StoreId.ShouldNotBe(store.StoreId);
    }

    [Fact]
    public async Task Processes_that_found_one_folder_at_once_agree_on_its_id()
    {
        var folder = Path.Combine(root, "young");
        var ids = await Task.WhenAll(Enumerable.Range(0, 8)
            .Select(_ => Task.Run(() => FolderBlobs.Open(folder, Clock).StoreId)));
        ids.Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Opening_clears_what_a_killed_process_left_and_nothing_else()
    {
        var dead = await NumberOfADeadProcess();
        var host = Environment.MachineName.Replace('.', '-');
        var left = Path.Combine(root, "tmp", $"{host}.{dead}.left");
        var foreign = Path.Combine(root, "tmp", $"elsewhere.{dead}.busy");
        var mine = Path.Combine(root, "tmp", $"{host}.{Environment.ProcessId}.busy");
        foreach (var path in new[] { left, foreign, mine })
            await File.WriteAllTextAsync(path, "half");

        FolderBlobs.Open(root, Clock);

        File.Exists(left).ShouldBeFalse();
        File.Exists(foreign).ShouldBeTrue();
        File.Exists(mine).ShouldBeTrue();
    }

    [Fact]
    public async Task A_source_that_fails_leaves_no_blob_and_no_leftover()
    {
        await Should.ThrowAsync<FormatException>(() => Store.Put(new BreakingStream(10_000)));
        Directory.GetFiles(Path.Combine(root, "tmp")).ShouldBeEmpty();
        Directory.GetDirectories(root, "??").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_blob_over_the_limit_is_refused_and_leaves_nothing()
    {
        var small = FolderBlobs.Open(root, Clock, limitBytes: 10);
        await Should.ThrowAsync<BlobTooLarge>(() => small.Put(new byte[11]));
        (await small.Put(new byte[10])).Size.ShouldBe(10);
        Directory.GetFiles(Path.Combine(root, "tmp")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_full_disk_is_a_clear_typed_error()
    {
        var error = await Should.ThrowAsync<BlobStoreFull>(
            () => Store.Put(new BreakingStream(100, new IOException("full", 28))));
        error.Message.ShouldContain(root);
        error.Message.ShouldContain("free some");
    }

    [Fact]
    public void A_place_that_cannot_be_a_store_says_so()
    {
        var file = Path.Combine(root, "a file");
        File.WriteAllText(file, "");
        Should.Throw<BlobStoreUnusable>(() => FolderBlobs.Open(file, Clock))
            .Message.ShouldContain(file);
    }

    [Fact]
    public async Task A_blob_lies_under_its_first_two_digits()
    {
        var blob = await Store.Put(Encoding.UTF8.GetBytes("abc"));
        File.ReadAllText(Path.Combine(root, "ba", blob.Sha.Hex)).ShouldBe("abc");
    }

    private static async Task<int> NumberOfADeadProcess()
    {
        using var process = Process.Start(new ProcessStartInfo("true"))!;
        await process.WaitForExitAsync();
        return process.Id;
    }

    private sealed class BreakingStream(int after, Exception? error = null) : MemoryStream
    {
        private int left = after;

        public override ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (left == 0) throw error ?? new FormatException("the source broke");
            var read = Math.Min(left, buffer.Length);
            left -= read;
            return ValueTask.FromResult(read);
        }
    }
}
