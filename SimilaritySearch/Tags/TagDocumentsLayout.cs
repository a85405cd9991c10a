namespace Stickers.SimilaritySearch.Tags;

/// <summary>Where things stand in a tags.bin (docs/formats.md).</summary>
/// <param name="Rows">Rows of the snapshot.</param>
/// <param name="Tags">Number of tags.</param>
/// <param name="NameBytes">Bytes of all tags' names.</param>
/// <param name="Postings">Rows of all tags.</param>
internal readonly record struct TagDocumentsLayout(long Rows, int Tags, int NameBytes, long Postings)
{
    /// <summary>Where in the text each name begins, and its end.</summary>
    public long NamesOffset => TagDocuments.HeaderBytes;

    /// <summary>Where each tag's rows begin, and their end.</summary>
    public long StartsOffset => NamesOffset + Align((Tags + 1L) * sizeof(int));

    public long TextOffset => StartsOffset + ((Tags + 1L) * sizeof(long));

    public long PostingsOffset => TextOffset + Align(NameBytes);

    public long FileBytes => PostingsOffset + (Postings * sizeof(uint));

    private static long Align(long bytes) => (bytes + 7) / 8 * 8;
}
