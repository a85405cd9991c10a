using System.Security.Cryptography;
using CsCheck;
using Stickers.Catalogue.Images;

namespace Stickers.Catalogue.Tests;

public sealed class CatalogueWriterTests : IDisposable
{
    private readonly TemporaryStore _temporary = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _temporary.Dispose();

    private static readonly Gen<string> Text = Gen.OneOf(Gen.String.AlphaNumeric, Gen.OneOf("", "ねこ", "a\"b\\c", "😀👍🏽", "\n\t", "o’clock"));

    private static readonly Gen<string?> MaybeText = Gen.OneOf(Text.Select(text => (string?)text), Gen.Const((string?)null));

    private static readonly Gen<Sticker> AnySticker =
        Gen.Select(Text, Text, MaybeText, Text.Array[0, 5], Gen.Byte.Array[1, 200], Gen.Int[1, 8192], Gen.OneOf(Enum.GetValues<StickerFormat>()), MaybeText)
            .Select((pack, creator, title, tags, image, size, format, concept) => new Sticker
            {
                Id = default,
                Key = "",
                Pack = pack,
                Creator = creator,
                Title = title,
                Tags = tags,
                Image = image,
                ImagePath = pack + ".png",
                Format = format,
                Width = size,
                Height = 8193 - size,
                Frames = size % 7 + 1,
                Concept = concept,
                DuplicateGroup = title,
                SplitCreator = concept is null ? "val" : null,
                SplitConcept = concept,
            });

    [Fact]
    public void CommitAsync_AnyStickers_AreReadBackEqual() =>
        AnySticker.Array[0, 1100].Sample(
            made =>
            {
                using var temporary = new TemporaryStore();
                var stickers = made.Select((sticker, i) => sticker with { Key = $"k/{i}", Id = StickerId.FromKey($"k/{i}") }).ToList();
                WriteAsync(temporary, stickers).GetAwaiter().GetResult();
                var catalogue = StickerCatalogue.OpenAsync(temporary.Store, "c", Token).GetAwaiter().GetResult();

                var read = catalogue.ReadAsync(cancellation: Token).ToBlockingEnumerable(Token).ToList();
                Assert.Equal(stickers.Count, read.Count);
                for (var i = 0; i < read.Count; i++) AssertSame(stickers[i], read[i]);
                Assert.All(catalogue.ReadAsync(images: false, Token).ToBlockingEnumerable(Token).Zip(stickers), pair =>
                {
                    Assert.True(pair.First.Image.IsEmpty);
                    Assert.Equal(pair.Second.Tags, pair.First.Tags);
                });
            },
            iter: 8,
            threads: 1);

    [Theory]
    [InlineData(0, 1300)]
    [InlineData(0, 512)]
    [InlineData(512, 512)]
    [InlineData(300, 500)]
    [InlineData(1024, 9999)]
    [InlineData(1299, 1)]
    [InlineData(1300, 5)]
    [InlineData(7, 0)]
    [InlineData(511, 2)]
    public async Task ReadPartAsync_OfSomeStickers_GivesThoseInOrder(int first, int count)
    {
        var stickers = Stickers(1300);
        await WriteAsync(_temporary, stickers);
        var catalogue = await StickerCatalogue.OpenAsync(_temporary.Store, "c", Token);
        var read = await catalogue.ReadPartAsync(0, first, count, cancellation: Token).Select(sticker => sticker.Key).ToListAsync(Token);
        Assert.Equal(stickers.Skip(first).Take(count).Select(sticker => sticker.Key), read);
    }

    [Fact]
    public async Task CommitAsync_ManyStickers_DuckDbReadsTheSame()
    {
        var stickers = Stickers(1300);
        var manifest = await WriteAsync(_temporary, stickers);
        var path = _temporary.Store.PathOf("catalogues/c/part-00000.parquet");

        var schema = DuckDb.Query("select column_name, column_type from (describe select * from read_parquet({0}))", path);
        Assert.Equal(
            ["id BIGINT", "key VARCHAR", "pack VARCHAR", "creator VARCHAR", "title VARCHAR", "locale VARCHAR", "tags VARCHAR[]", "image STRUCT(bytes BLOB, path VARCHAR)", "format VARCHAR", "width INTEGER", "height INTEGER", "frames INTEGER", "concept VARCHAR", "duplicate_group VARCHAR", "split_creator VARCHAR", "split_concept VARCHAR", "created VARCHAR"],
            schema.Select(row => $"{row[0]} {row[1]}"));

        var rows = DuckDb.Query("select id, key, title, tags, image.path, sha256(image.bytes), format, width, concept from read_parquet({0})", path);
        Assert.Equal(1300, rows.Count);
        Assert.All(rows.Zip(stickers), pair =>
        {
            var (row, sticker) = pair;
            Assert.Equal(sticker.Id.Value, row[0]);
            Assert.Equal(sticker.Key, row[1]);
            Assert.Equal(sticker.Title, row[2]);
            Assert.Equal(sticker.Tags, ((IEnumerable<string>)row[3]!).ToList());
            Assert.Equal(sticker.ImagePath, row[4]);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(sticker.Image.Span)), row[5]);
            Assert.Equal("webp", row[6]);
            Assert.Equal(sticker.Width, row[7]);
            Assert.Equal(sticker.Concept, row[8]);
        });

        var groups = DuckDb.Query("select distinct row_group_id, row_group_num_rows from parquet_metadata({0}) order by 1", path);
        Assert.Equal([512L, 512L, 276L], groups.Select(row => (long)row[1]!));
        var codecs = DuckDb.Query("select distinct path_in_schema, compression from parquet_metadata({0}) where path_in_schema in ('image, bytes', 'key') order by 1", path);
        Assert.Equal(["image, bytes UNCOMPRESSED", "key ZSTD"], codecs.Select(row => $"{row[0]} {row[1]}"));
        var metadata = Assert.Single(DuckDb.Query("select decode(value) from parquet_kv_metadata({0}) where decode(key) = 'huggingface'", path));
        using var features = System.Text.Json.JsonDocument.Parse((string)metadata[0]!);
        Assert.Equal("Image", features.RootElement.GetProperty("info").GetProperty("features").GetProperty("image").GetProperty("_type").GetString());
        Assert.Equal(1300, manifest.Written);
    }

    [Fact]
    public async Task CommitAsync_SameStickersTwice_GivesTheSameBytes()
    {
        using var other = new TemporaryStore();
        var first = await WriteAsync(_temporary, Stickers(5000));
        var second = await WriteAsync(other, Stickers(5000));

        Assert.Equal([4096L, 904L], first.PartCounts);
        Assert.Equal(first.Files, second.Files);
        Assert.Equal(await File.ReadAllBytesAsync(_temporary.Store.PathOf("catalogues/c/catalogue.json"), Token), await File.ReadAllBytesAsync(other.Store.PathOf("catalogues/c/catalogue.json"), Token));
    }

    [Fact]
    public async Task AddAsync_LargeImages_EndsPartsByBytesAndHasARowGroupForEach()
    {
        var image = new byte[5 << 20];
        Random.Shared.NextBytes(image);
        var stickers = Stickers(30).Select(sticker => sticker with { Image = image }).ToList();
        var manifest = await WriteAsync(_temporary, stickers);

        Assert.Equal([26L, 4L], manifest.PartCounts);
        Assert.Equal(Enumerable.Repeat(1, 26), RowGroups());
    }

    [Fact]
    public async Task AddAsync_Images_EndsRowGroupsBeforeTheyExceedAMillionBytesAndWhereABlockEnds()
    {
        var stickers = Stickers(1100).Select((sticker, i) => sticker with { Image = new byte[i < 512 ? 10_000 : 100] }).ToList();
        await WriteAsync(_temporary, stickers);

        Assert.Equal([100, 100, 100, 100, 100, 12, 512, 76], RowGroups());
        var read = await (await StickerCatalogue.OpenAsync(_temporary.Store, "c", Token)).ReadPartAsync(0, 150, 400, cancellation: Token).ToListAsync(Token);
        Assert.Equal(stickers.Skip(150).Take(400).Select(sticker => sticker.Id), read.Select(sticker => sticker.Id));
    }

    [Fact]
    public async Task QuarantineAsync_Rows_AreReadBackInOrderAndCounted()
    {
        QuarantinedFile[] rows = [new("a", "a.png", nameof(ImageFault.Truncated), "ends too early", 17), new("b", "b.zip!b", nameof(ImportFault.UnsafeName), "climbs", 0)];
        var manifest = await WriteAsync(_temporary, Stickers(3), rows);
        var catalogue = await StickerCatalogue.OpenAsync(_temporary.Store, "c", Token);

        Assert.Equal((5, 3, 2), (manifest.Read, manifest.Written, manifest.Quarantined));
        Assert.Equal(rows, await catalogue.ReadQuarantineAsync(Token).ToListAsync(Token));
        var duck = DuckDb.Query("select key, source, fault, reason, bytes from read_parquet({0})", _temporary.Store.PathOf("catalogues/c/quarantine.parquet"));
        Assert.Equal(rows, duck.Select(row => new QuarantinedFile((string)row[0]!, (string)row[1]!, (string)row[2]!, (string)row[3]!, (long)row[4]!)));
    }

    [Fact]
    public async Task CommitAsync_NothingAtAll_IsAnEmptyCatalogue()
    {
        var manifest = await WriteAsync(_temporary, []);
        var catalogue = await StickerCatalogue.OpenAsync(_temporary.Store, "c", Token);

        Assert.Empty(manifest.PartCounts);
        Assert.Empty(await catalogue.ReadAsync(cancellation: Token).ToListAsync(Token));
        Assert.Empty(await catalogue.ReadQuarantineAsync(Token).ToListAsync(Token));
        await catalogue.VerifyAsync(Token);
    }

    [Fact]
    public async Task ResumeAsync_AfterAnAbandonedWriter_GivesTheSameBytesAsOneRun()
    {
        using var other = new TemporaryStore();
        var stickers = Stickers(9000);
        QuarantinedFile[] bad = [new("bad", "bad.png", nameof(ImageFault.Corrupt), "bad", 1)];
        var whole = await WriteAsync(other, stickers, bad);

        var abandoned = await CatalogueWriter.CreateAsync(_temporary.Store, "c", ["test"], Token);
        await abandoned.QuarantineAsync(bad[0], Token);
        foreach (var sticker in stickers.Take(7000)) await abandoned.AddAsync(sticker, Token);
        await abandoned.DisposeAsync();
        await Assert.ThrowsAsync<FileNotFoundException>(() => StickerCatalogue.OpenAsync(_temporary.Store, "c", Token));

        await using var resumed = await CatalogueWriter.ResumeAsync(_temporary.Store, "c", ["test"], Token);
        Assert.Equal(1 + 13 * 512, resumed.Read);
        foreach (var sticker in stickers.Skip(13 * 512)) await resumed.AddAsync(sticker, Token);
        Assert.Equivalent(whole, await resumed.CommitAsync(Token), strict: true);
        await (await StickerCatalogue.OpenAsync(_temporary.Store, "c", Token)).VerifyAsync(Token);
    }

    [Fact]
    public async Task CreateAsync_FinishedCatalogueOfThatName_IsRefused()
    {
        await WriteAsync(_temporary, Stickers(1));

        await Assert.ThrowsAsync<InvalidOperationException>(() => CatalogueWriter.CreateAsync(_temporary.Store, "c", ["test"], Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData(".hidden")]
    [InlineData("a b")]
    public async Task OpenAsync_UnusableName_IsRefused(string name) =>
        await Assert.ThrowsAsync<ArgumentException>(() => StickerCatalogue.OpenAsync(_temporary.Store, name, Token));

    internal static List<Sticker> Stickers(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => new Sticker
        {
            Id = StickerId.FromKey($"pack {i % 7}/{i}"),
            Key = $"pack {i % 7}/{i}",
            Pack = $"pack {i % 7}",
            Creator = i % 3 == 0 ? "" : $"creator {i % 11}",
            Title = i % 2 == 0 ? null : $"タイトル {i}",
            Tags = [.. Enumerable.Range(0, i % 4).Select(t => $"tag {t}")],
            Image = Enumerable.Range(0, 100 + i % 50).Select(b => (byte)(b * i)).ToArray(),
            ImagePath = $"{i}.webp",
            Format = StickerFormat.WebP,
            Width = i + 1,
            Height = 1,
            Concept = i % 5 == 0 ? null : $"concept {i % 5}",
        }),
    ];

    internal static async Task<CatalogueManifest> WriteAsync(TemporaryStore temporary, IEnumerable<Sticker> stickers, params QuarantinedFile[] quarantined)
    {
        await using var writer = await CatalogueWriter.CreateAsync(temporary.Store, "c", ["test"], Token);
        foreach (var row in quarantined) await writer.QuarantineAsync(row, Token);
        foreach (var sticker in stickers) await writer.AddAsync(sticker, Token);
        return await writer.CommitAsync(Token);
    }

    /// <summary>Stickers in each row group of the first part.</summary>
    private int[] RowGroups() =>
        [.. DuckDb.Query("select distinct row_group_id, row_group_num_rows from parquet_metadata({0}) order by 1", _temporary.Store.PathOf("catalogues/c/part-00000.parquet")).Select(row => (int)(long)row[1]!)];

    private static void AssertSame(Sticker expected, Sticker found)
    {
        Assert.Equal(expected.Image.ToArray(), found.Image.ToArray());
        Assert.Equal(expected.Tags, found.Tags);
        Assert.Equal(expected with { Image = default, Tags = [] }, found with { Image = default, Tags = [] });
    }
}
