namespace Stickers.Catalogue.Tests.Import;

public sealed class ArchiveImportTests : IDisposable
{
    private readonly ImportFixture _import = new();

    public void Dispose() => _import.Dispose();

    [Fact]
    public async Task RunAsync_BareZip_KeepsEntriesInOrderAndRefusesUnsafeNames()
    {
        var zip = _import.PutZip(
            "pack.zip",
            ("z.png", ImportFixture.Png(1)),
            ("inner/a.png", ImportFixture.Png(2)),
            ("../../evil.png", ImportFixture.Png(3)),
            ("/etc/evil.png", ImportFixture.Png(4)),
            ("c:\\evil.png", ImportFixture.Png(5)),
            ("readme.txt", [1]),
            ("__MACOSX/._z.png", [1]),
            ("z.png", ImportFixture.Png(6)),
            ("broken.png", [1, 2, 3]));

        var (_, stickers, quarantine) = await _import.ImportAsync(_import.Options with { Sources = [zip] });

        Assert.Equal(["pack/z.png", "pack/inner/a.png"], stickers.Select(sticker => sticker.Key));
        Assert.Equal(["pack", "inner"], stickers.Select(sticker => sticker.Pack));
        Assert.Equal(["UnsafeName", "UnsafeName", "UnsafeName", "Duplicate", "UnknownFormat"], quarantine.Select(row => row.Fault));
        Assert.False(File.Exists(Path.Combine(_import.Source, "..", "..", "evil.png")));
    }

    [Fact]
    public async Task RunAsync_ZipWithSidecar_UsesItFromItsFolder()
    {
        var zip = _import.PutZip(
            "pack.zip",
            ("s/a.png", ImportFixture.Png(1)),
            ("s/meta.jsonl", "{\"file\": \"a.png\", \"tags\": [\"cat\"]}\n{\"file\": \"gone.png\"}"u8.ToArray()));

        var (_, stickers, quarantine) = await _import.ImportAsync(_import.Options with { Sources = [zip] });

        Assert.Equal(["cat"], Assert.Single(stickers).Tags);
        Assert.Equal("MissingFile", Assert.Single(quarantine).Fault);
    }

    [Fact]
    public async Task RunAsync_ZipBomb_IsRefusedBeforeItIsInflated()
    {
        var zip = _import.PutZip("bomb.zip", ("bomb.png", new byte[300 << 20]), ("good.png", ImportFixture.Png(1)));
        Assert.InRange(new FileInfo(zip).Length, 1, 1 << 20);
        var before = GC.GetTotalAllocatedBytes();

        var (_, stickers, quarantine) = await _import.ImportAsync(_import.Options with { Sources = [zip] });

        Assert.Single(stickers);
        Assert.Equal(("TooManyBytes", 300L << 20), (Assert.Single(quarantine).Fault, quarantine[0].Bytes));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 100 << 20);
    }

    [Fact]
    public async Task RunAsync_EntryThatLiesAboutItsSize_IsRefused()
    {
        var bytes = await File.ReadAllBytesAsync(_import.PutZip("liar.zip", ("liar.png", new byte[20 << 20])), TestContext.Current.CancellationToken);
        // The uncompressed size stands at offset 24 of the central directory's header, which is PK\1\2.
        var directory = bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BitConverter.TryWriteBytes(bytes.AsSpan(directory + 24), 100);
        var zip = _import.Put("liar.zip", bytes);

        var (_, stickers, quarantine) = await _import.ImportAsync(_import.Options with { Sources = [zip] });

        Assert.Empty(stickers);
        Assert.Single(quarantine);
    }

    [Fact]
    public async Task RunAsync_NotAZip_IsOneRowAndTheOtherSourceIsImported()
    {
        var broken = _import.Put("broken.zip", "PK no");
        var good = _import.PutZip("good.zip", ("a.png", ImportFixture.Png(1)));

        var (_, stickers, quarantine) = await _import.ImportAsync(_import.Options with { Sources = [broken, good] });

        Assert.Equal("good/a.png", Assert.Single(stickers).Key);
        Assert.Equal("Unreadable", Assert.Single(quarantine).Fault);
    }

    [Fact]
    public async Task RunAsync_JsonLinesCatalogue_FindsArchivesAndRefusesWhatItCannotUse()
    {
        _import.PutZip("a.zip", ("p/1.png", ImportFixture.Png(1)), ("p/2.png", ImportFixture.Png(2)));
        _import.Put("loose/3.png", ImportFixture.Png(3));
        _import.Put("catalogue.jsonl", """
            {"id": "p/1", "archive": "a.zip", "file": "p/1.png", "pack": "p", "creator": "Bo", "tags": {"en": ["x"]}, "split_concept": "val"}
            {"archive": "a.zip", "file": "p/2.png"}
            {"archive": "a.zip", "file": "p/none.png"}
            {"archive": "none.zip", "file": "p/1.png"}
            {"archive": "../a.zip", "file": "p/1.png"}
            {"archive": "a.zip", "file": "../p/1.png"}
            {"file": "loose/3.png"}
            {"file": "loose/4.png"}
            nonsense
            """);

        var (manifest, stickers, quarantine) = await _import.ImportAsync();

        Assert.Equal(9, manifest.Read);
        Assert.Equal(["p/1", "a/p/2.png", "loose/3.png"], stickers.Select(sticker => sticker.Key));
        Assert.Equal(["p", "a", "loose"], stickers.Select(sticker => sticker.Pack));
        Assert.Equal(("Bo", "val"), (stickers[0].Creator, stickers[0].SplitConcept));
        Assert.Equal(["MissingFile", "MissingFile", "UnsafeName", "UnsafeName", "MissingFile", "BadRecord"], quarantine.Select(row => row.Fault));
    }
}
