using System.Globalization;
using Parquet;
using Parquet.Schema;
using Stickers.Catalogue.Images;

namespace Stickers.Catalogue.Tables;

/// <summary>Columns of a catalogue's parts; the image is a struct {bytes, path} as Hugging Face <c>datasets</c> has it.</summary>
/// <param name="images">False leaves the images unread.</param>
internal sealed class StickerTable(bool images = true) : IParquetTable<Sticker>
{
    private static readonly ParquetSchema StickerSchema = Columns(Text("created", nullable: true));

    /// <summary>Format 1 did not know when a sticker was made.</summary>
    private static readonly ParquetSchema FirstSchema = Columns();

    private static readonly DataField[] Fields = StickerSchema.DataFields;

    public ParquetSchema Schema => StickerSchema;

    public IReadOnlyList<ParquetSchema> OlderSchemas => [FirstSchema];

    private static ParquetSchema Columns(params Field[] added) => new(
    [
        new DataField<long>("id"),
        Text("key"),
        Text("pack"),
        Text("creator"),
        Text("title", nullable: true),
        Text("locale"),
        new ListField("tags", Text("element")),
        new StructField("image", new DataField("bytes", typeof(byte[]), true), Text("path", nullable: true)),
        Text("format"),
        new DataField<int>("width"),
        new DataField<int>("height"),
        new DataField<int>("frames"),
        Text("concept", nullable: true),
        Text("duplicate_group", nullable: true),
        Text("split_creator", nullable: true),
        Text("split_concept", nullable: true),
        .. added,
    ]);

    public IReadOnlyDictionary<string, string> Metadata => HuggingFaceFeatures.Metadata;

    public async Task WriteAsync(ParquetRowGroupWriter group, ParquetOptions options, IReadOnlyList<Sticker> rows, CancellationToken cancellation)
    {
        await group.WriteAsync<long>(Fields[0], rows.Select(row => row.Id.Value).ToArray(), cancellationToken: cancellation).ConfigureAwait(false);
        await Text(1, row => row.Key).ConfigureAwait(false);
        await Text(2, row => row.Pack).ConfigureAwait(false);
        await Text(3, row => row.Creator).ConfigureAwait(false);
        await Text(4, row => row.Title).ConfigureAwait(false);
        await Text(5, row => row.Locale).ConfigureAwait(false);
        await group.WriteTextListsAsync(Fields[6], rows.Select(row => row.Tags), cancellation).ConfigureAwait(false);

        // Images are compressed already.
        options.CompressionMethod = CompressionMethod.None;
        await group.WriteBytesAsync(Fields[7], rows.Select(row => row.Image), cancellation).ConfigureAwait(false);
        options.CompressionMethod = CompressionMethod.Zstd;

        await Text(8, row => row.ImagePath).ConfigureAwait(false);
        await Text(9, row => NameOf(row.Format)).ConfigureAwait(false);
        await Number(10, row => row.Width).ConfigureAwait(false);
        await Number(11, row => row.Height).ConfigureAwait(false);
        await Number(12, row => row.Frames).ConfigureAwait(false);
        await Text(13, row => row.Concept).ConfigureAwait(false);
        await Text(14, row => row.DuplicateGroup).ConfigureAwait(false);
        await Text(15, row => row.SplitCreator).ConfigureAwait(false);
        await Text(16, row => row.SplitConcept).ConfigureAwait(false);
        await Text(17, row => row.Created is { } created ? CreationTime.Write(created) : null).ConfigureAwait(false);

        Task Text(int field, Func<Sticker, string?> value) => group.WriteTextAsync(Fields[field], rows.Select(value), cancellation);

        Task Number(int field, Func<Sticker, int> value) => group.WriteAsync<int>(Fields[field], rows.Select(value).ToArray(), cancellationToken: cancellation);
    }

    public async Task<IReadOnlyList<Sticker>> ReadAsync(ParquetRowGroupReader group, CancellationToken cancellation)
    {
        var ids = await group.ReadNumbersAsync<long>(Fields[0], cancellation).ConfigureAwait(false);
        var keys = await Text(1).ConfigureAwait(false);
        var packs = await Text(2).ConfigureAwait(false);
        var creators = await Text(3).ConfigureAwait(false);
        var titles = await Text(4).ConfigureAwait(false);
        var locales = await Text(5).ConfigureAwait(false);
        var tags = await group.ReadTextListsAsync(Fields[6], cancellation).ConfigureAwait(false);
        var bytes = images ? await group.ReadBytesAsync(Fields[7], cancellation).ConfigureAwait(false) : null;
        var paths = await Text(8).ConfigureAwait(false);
        var formats = await Text(9).ConfigureAwait(false);
        var widths = await Number(10).ConfigureAwait(false);
        var heights = await Number(11).ConfigureAwait(false);
        var frames = await Number(12).ConfigureAwait(false);
        var concepts = await Text(13).ConfigureAwait(false);
        var duplicateGroups = await Text(14).ConfigureAwait(false);
        var creatorSplits = await Text(15).ConfigureAwait(false);
        var conceptSplits = await Text(16).ConfigureAwait(false);
        var created = group.GetMetadata(Fields[17]) is null ? null : await Text(17).ConfigureAwait(false);

        return [.. ids.Select((id, row) => new Sticker
        {
            Id = new StickerId(id),
            Key = keys[row]!,
            Pack = packs[row]!,
            Creator = creators[row]!,
            Title = titles[row],
            Locale = locales[row]!,
            Tags = tags[row],
            Image = bytes is null ? default : bytes[row],
            ImagePath = paths[row] ?? "",
            Format = FormatOf(formats[row]!),
            Width = widths[row],
            Height = heights[row],
            Frames = frames[row],
            Concept = concepts[row],
            DuplicateGroup = duplicateGroups[row],
            SplitCreator = creatorSplits[row],
            SplitConcept = conceptSplits[row],
            Created = CreationTime.Read(created?[row]),
        })];

        Task<string?[]> Text(int field) => group.ReadTextAsync(Fields[field], cancellation);

        Task<int[]> Number(int field) => group.ReadNumbersAsync<int>(Fields[field], cancellation);
    }

    private static DataField Text(string name, bool nullable = false) => new(name, typeof(string), nullable);

    /// <summary>The persisted name: <c>png</c>, <c>apng</c>, <c>jpeg</c>, <c>webp</c>, <c>gif</c>, <c>svg</c>.</summary>
    internal static string NameOf(StickerFormat format) => Enum.IsDefined(format)
        ? format.ToString().ToLower(CultureInfo.InvariantCulture)
        : throw new ArgumentOutOfRangeException(nameof(format), format, "Not a known image format.");

    private static StickerFormat FormatOf(string name) => Enum.TryParse<StickerFormat>(name, ignoreCase: true, out var format)
        ? format
        : throw new InvalidDataException($"Unknown image format '{name}', expected one of {string.Join(", ", Enum.GetValues<StickerFormat>().Select(NameOf))}.");
}
