using Stickers.Catalogue.Images;
using Stickers.Catalogue.Import;

namespace Stickers.Catalogue.Tests.Import;

public sealed class FolderImportTests : IDisposable
{
    private readonly ImportFixture _import = new();

    public void Dispose() => _import.Dispose();

    [Fact]
    public async Task RunAsync_FolderOfImages_KeepsBytesInOrdinalOrder()
    {
        var b = ImportFixture.Png(2);
        _import.Put("b.png", b);
        _import.Put("B.png", ImportFixture.Png(1));
        _import.Put("cats/two.png", ImportFixture.Png(4));
        _import.Put("cats/deep/one.png", ImportFixture.Png(5));
        _import.Put("notes.txt", "not offered");
        _import.Put(".hidden.png", "not offered");

        var (manifest, stickers, _) = await _import.ImportAsync();

        Assert.Equal(4, manifest.Read);
        Assert.Equal(["source/B.png", "source/b.png", "source/cats/two.png", "source/cats/deep/one.png"], stickers.Select(sticker => sticker.Key));
        Assert.Equal(["source", "source", "cats", "cats/deep"], stickers.Select(sticker => sticker.Pack));
        Assert.Equal(b, stickers[1].Image.ToArray());
        Assert.Equal((StickerFormat.Png, 8, 6, 1, "b.png", "", "en"), (stickers[1].Format, stickers[1].Width, stickers[1].Height, stickers[1].Frames, stickers[1].ImagePath, stickers[1].Creator, stickers[1].Locale));
    }

    [Fact]
    public async Task RunAsync_Sidecar_GivesIdTitleTagsAndMore()
    {
        _import.Put("a.png", ImportFixture.Png(1));
        _import.Put("sub/b.png", ImportFixture.Png(2));
        _import.Put("sub/data.raw", ImportFixture.Png(3));
        _import.Put("metadata.jsonl", """
            {"file_name": "a.png", "id": "mine/1", "title": "Hello", "tags": ["Happy", "good_night"], "creator": "Ann", "pack": "P", "locale": "ja", "concept": "smile", "dup_group": "d", "split_creator": "test", "created": "2024-05"}
            {"file": "./sub/b.png", "title": {"ja": "やあ", "en": "Hi"}, "tags": {"ja": ["笑顔"], "en": ["smile", "hi"]}}
            {"file": "sub/data.raw", "tags": "one, two"}

            """);

        var (_, stickers, _) = await _import.ImportAsync();

        var (a, b, raw) = (stickers[0], stickers[1], stickers[2]);
        Assert.Equal(("mine/1", "Hello", "Ann", "P", "ja", "smile", "d", "test"), (a.Key, a.Title, a.Creator, a.Pack, a.Locale, a.Concept, a.DuplicateGroup, a.SplitCreator));
        Assert.Equal(["Happy", "good_night"], a.Tags);
        Assert.Equal((new DateTime(2024, 5, 1, 0, 0, 0, DateTimeKind.Utc), null), (a.Created, b.Created));
        Assert.Equal(("source/sub/b.png", "Hi"), (b.Key, b.Title));
        Assert.Equal(["smile", "hi"], b.Tags);
        Assert.Equal(["one", "two"], raw.Tags);
    }

    [Theory]
    [InlineData("ja", "やあ", "笑顔")]
    [InlineData("ja-JP", "やあ", "笑顔")]
    [InlineData("zh-Hant", "嗨", "")]
    [InlineData("ko", null, "")]
    public async Task RunAsync_OtherLocale_TakesThatLanguageOnly(string locale, string? title, string tags)
    {
        _import.Put("b.png", ImportFixture.Png(2));
        _import.Put("m.jsonl", """{"file": "b.png", "title": {"ja": "やあ", "en": "Hi", "zh_Hant": "嗨"}, "tags": {"ja": ["笑顔"], "en": ["smile", "hi"]}}""");

        var (_, stickers, _) = await _import.ImportAsync(_import.Options with { Locale = locale });

        Assert.Equal((title, tags, locale), (stickers[0].Title, string.Join(',', stickers[0].Tags), stickers[0].Locale));
    }

    [Fact]
    public async Task RunAsync_UnusableSidecarLines_AreQuarantinedOneByOne()
    {
        _import.Put("a.png", ImportFixture.Png(1));
        _import.Put("m.jsonl", $$"""
            not json
            [1]
            {"tags": []}
            {"file": "a.png", "tags": [{}]}
            {"file": "a.png", "created": "last summer"}
            {"file": "../../etc/passwd.png"}
            {"file": "/etc/passwd.png"}
            {"file": "missing.png"}
            {"file": "a.png", "tags": ["ok"]}
            {"file": "a.png", "tags": ["again"]}
            {"file": "a.png", "title": "\ud83d"}
            {"file": "a.png", "title": "{{new string('x', 1 << 20)}}"}
            """);

        var (_, stickers, quarantine) = await _import.ImportAsync();

        Assert.Equal(["ok"], Assert.Single(stickers).Tags);
        Assert.Equal(
            ["BadRecord", "BadRecord", "BadRecord", "BadRecord", "BadRecord", "UnsafeName", "UnsafeName", "Duplicate", "BadRecord", "BadRecord", "MissingFile"],
            quarantine.Select(row => row.Fault));
        Assert.EndsWith("m.jsonl, line 1", quarantine[0].Source, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_BrokenFiles_AreQuarantinedWithTheirFault()
    {
        var whole = ImportFixture.Png(1, 64, 64);
        _import.Put("01-good.png", whole);
        _import.Put("02-empty.png", Array.Empty<byte>());
        _import.Put("03-text.png", "this is no picture");
        _import.Put("04-cut.png", whole[..(whole.Length / 2)]);
        _import.Put("05-large.png", [.. whole, .. new byte[5000]]);
        _import.Put("06-tiff.tiff", "II*\0 whatever");
        _import.Put("07-flipped.png", Flipped(whole));
        _import.Put("08-broken.svg", "<svg xmlns='http://www.w3.org/2000/svg'><g>");
        File.CreateSymbolicLink(Path.Combine(_import.Source, "09-dangling.png"), "/nowhere.png");
        File.CreateSymbolicLink(Path.Combine(_import.Source, "10-device.png"), "/dev/zero");
        Directory.CreateSymbolicLink(Path.Combine(_import.Source, "11-circle"), _import.Source);

        var (_, stickers, quarantine) = await _import.ImportAsync(_import.Options with { Limits = new ImageLimits { MaxBytes = whole.Length + 100 } });

        Assert.Equal("source/01-good.png", Assert.Single(stickers).Key);
        Assert.Equal(
            ["02 Empty", "03 UnknownFormat", "04 Truncated", "05 TooManyBytes", "06 UnknownFormat", "07 Corrupt", "08 Truncated", "09 MissingFile", "10 Empty"],
            quarantine.Select(row => $"{row.Key["source/".Length..][..2]} {row.Fault}"));
        Assert.All(quarantine, row => Assert.NotEmpty(row.Reason));
    }

    [Fact]
    public async Task RunAsync_NamedPipe_DoesNotWaitForItsWriter()
    {
        _import.Put("a.png", ImportFixture.Png(1));
        using var mkfifo = System.Diagnostics.Process.Start("mkfifo", Path.Combine(_import.Source, "pipe.png"));
        await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);

        var (_, stickers, quarantine) = await _import.ImportAsync();

        Assert.Single(stickers);
        Assert.Equal("Empty", Assert.Single(quarantine).Fault);
    }

    [Fact]
    public async Task RunAsync_EqualFiles_ShareADuplicateGroup()
    {
        _import.Put("a.png", ImportFixture.Png(1));
        _import.Put("b.png", ImportFixture.Png(1));
        _import.Put("c.png", ImportFixture.Png(2));

        var (_, stickers, _) = await _import.ImportAsync();

        Assert.Equal(stickers[0].DuplicateGroup, stickers[1].DuplicateGroup);
        Assert.NotEqual(stickers[0].DuplicateGroup, stickers[2].DuplicateGroup);
    }

    [Fact]
    public async Task RunAsync_SameIdTwice_SecondIsQuarantined()
    {
        _import.Put("a.png", ImportFixture.Png(1));
        _import.Put("b.png", ImportFixture.Png(2));
        _import.Put("m.jsonl", "{\"file\": \"a.png\", \"id\": \"x\"}\n{\"file\": \"b.png\", \"id\": \"x\"}");

        var (_, stickers, quarantine) = await _import.ImportAsync();

        Assert.Equal("a.png", Assert.Single(stickers).ImagePath);
        Assert.Equal(("x", nameof(ImportFault.Duplicate)), (Assert.Single(quarantine).Key, quarantine[0].Fault));
    }

    [Theory]
    [InlineData("", "en", 320, 2, "no source")]
    [InlineData("/no/such/place", "en", 320, 2, "does not exist")]
    [InlineData("/etc/hostname", "en", 320, 2, "expected a folder")]
    [InlineData("/etc", "", 1, 0, "locale")]
    public async Task RunAsync_WrongOptions_AreToldBeforeAnyWork(string source, string locale, int side, int workers, string expected)
    {
        var options = new CatalogueImportOptions { Name = "c", Sources = source.Length == 0 ? [] : [source], Locale = locale, SvgSide = side, Workers = workers };

        var fault = await Assert.ThrowsAsync<ArgumentException>(() => CatalogueImport.RunAsync(_import.Store, options, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    private static byte[] Flipped(byte[] png)
    {
        // In the middle of the pixels: found by the checksum only.
        var bytes = png.ToArray();
        bytes[bytes.Length / 2] ^= 0xFF;
        return bytes;
    }
}
