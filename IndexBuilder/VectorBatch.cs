using Stickers.Catalogue;

namespace Stickers.IndexBuilder;

/// <summary>Some of a source's vectors. Only valid until the next batch is asked for.</summary>
/// <param name="Ids">Their stickers.</param>
/// <param name="Rows">Their rows.</param>
/// <param name="Vectors">Row-major, as many.</param>
/// <param name="Codes">Their binary codes, empty ones where there are none.</param>
internal readonly record struct VectorBatch(IReadOnlyList<StickerId> Ids, long[] Rows, ReadOnlyMemory<float> Vectors, IReadOnlyList<byte[]> Codes)
{
    public ReadOnlySpan<float> Vector(int number)
    {
        var d = Vectors.Length / Rows.Length;
        return Vectors.Span.Slice(number * d, d);
    }
}
