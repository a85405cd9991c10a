using System.Buffers.Binary;
using Stickers.Pipeline;

namespace Stickers.IndexBuilder;

/// <summary>Hands out thumbnails that a job has made beside a catalogue that passes by in the same order, so that neither is held in memory.</summary>
internal sealed class ThumbnailStream(JobResult made, CancellationToken cancellation) : IAsyncDisposable
{
    private readonly byte[] _length = new byte[sizeof(int)];
    private int _opened;
    private Stream? _part;

    /// <summary>That of the catalogue's next sticker; empty where there is none.</summary>
    /// <exception cref="InvalidDataException">There are no more, or a part is cut off.</exception>
    public async ValueTask<byte[]> TakeAsync()
    {
        while (_part is null || await _part.ReadAtLeastAsync(_length, _length.Length, throwOnEndOfStream: false, cancellation) is 0)
        {
            if (_opened == made.Files.Count)
                throw new InvalidDataException($"{made.Store.LocationOf(made.Folder)} has fewer thumbnails than the catalogue has stickers. Delete it and build again.");
            await DisposeAsync();
            _part = await made.OpenAsync(made.Files[_opened++], cancellation);
        }

        var picture = new byte[BinaryPrimitives.ReadInt32LittleEndian(_length)];
        await _part.ReadExactlyAsync(picture, cancellation);
        return picture;
    }

    public ValueTask DisposeAsync() => _part?.DisposeAsync() ?? ValueTask.CompletedTask;
}
