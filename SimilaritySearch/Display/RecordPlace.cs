using System.Runtime.InteropServices;

namespace Stickers.SimilaritySearch.Display;

/// <summary>Where a record begins in the text of a records.bin; the next one's begin is its end.</summary>
/// <param name="Id">The sticker; the largest number there is behind the last one.</param>
/// <param name="Start">Bytes before it.</param>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal readonly record struct RecordPlace(long Id, long Start);
