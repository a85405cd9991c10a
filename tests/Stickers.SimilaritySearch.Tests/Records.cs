using System.Buffers.Binary;
using Stickers.Catalogue;

namespace Stickers.SimilaritySearch.Tests;

internal static class Records
{
    public static StickerRecord Of(long id, string[]? tags = null, string? title = null, params SuggestedTag[] suggestions) => new()
    {
        Id = new StickerId(id),
        Key = $"pack/{id}",
        Pack = "pack",
        Creator = "Zoë",
        Title = title,
        Locale = "en",
        Tags = tags ?? [],
        Suggestions = suggestions,
    };

    public static SuggestedTag Accepted(string tag, float score = 0.8f) => new(tag, score, "accept");

    public static SuggestedTag Review(string tag) => new(tag, 0.4f, "review");

    /// <summary>The head of a PNG, which is all that the database looks at.</summary>
    public static byte[] Png(int width, int height)
    {
        var png = new byte[40];
        ((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]).CopyTo(png);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), height);
        return png;
    }

    public static StickerDatabase Write(string path, params IEnumerable<StickerRecord> records)
    {
        using (var writer = StickerDatabaseWriter.Create(path))
        {
            foreach (var record in records)
                writer.Add(record, Png(160, 90));
            writer.Complete();
        }

        return StickerDatabase.Open(path);
    }
}
