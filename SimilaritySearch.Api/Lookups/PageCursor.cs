using System.Buffers.Binary;
using System.Buffers.Text;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http;
using Stickers.SimilaritySearch.Api.Hosting;
using Stickers.SimilaritySearch.Api.Serving;

namespace Stickers.SimilaritySearch.Api.Lookups;

/// <summary>Where the next page of an answer begins. It goes with one query on one pair: on another one the page would not continue what was shown.</summary>
internal static class PageCursor
{
    private const int Bytes = 24;

    /// <summary>Results before the page, of both kinds where there are two; 0 without a cursor.</summary>
    /// <exception cref="RequestException">The cursor is not one, belongs to another query, or the index has changed since.</exception>
    public static (int First, int Second) Read(string? cursor, string query, ServedPair pair)
    {
        if (cursor is null)
            return default;
        Span<byte> bytes = stackalloc byte[Bytes];
        if (cursor.Length != 32 || Base64Url.DecodeFromChars(cursor, bytes, out _, out var written) != System.Buffers.OperationStatus.Done || written != Bytes)
            throw Malformed();
        if (!bytes[8..16].SequenceEqual(Hash(query)))
            throw new RequestException(StatusCodes.Status400BadRequest, "cursor: It belongs to another query; only k may change from page to page.", new Dictionary<string, string[]> { ["cursor"] = ["It belongs to another query."] });
        if (!bytes[16..].SequenceEqual(pair.CursorMark))
            throw new RequestException(StatusCodes.Status409Conflict, "The index has changed since the first page; ask again without a cursor.");
        var (first, second) = (BinaryPrimitives.ReadInt32LittleEndian(bytes), BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]));
        return first is >= 0 and <= Snapshot.MaxNeighbours && second is >= 0 and <= Snapshot.MaxNeighbours ? (first, second) : throw Malformed();

        static RequestException Malformed() => new(StatusCodes.Status400BadRequest, "cursor: It is none that this server gave.", new Dictionary<string, string[]> { ["cursor"] = ["It is none that this server gave."] });
    }

    /// <summary>The cursor of a page.</summary>
    public static string Write(int first, int second, string query, ServedPair pair)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, first);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], second);
        Hash(query).CopyTo(bytes[8..]);
        pair.CursorMark.CopyTo(bytes[16..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Eight bytes that tell a text from others.</summary>
    public static ReadOnlySpan<byte> Hash(string text) => XxHash3.Hash(MemoryMarshal.AsBytes(text.AsSpan()));
}
