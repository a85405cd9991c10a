namespace Stickers.Storage.S3;

/// <summary>
/// Collects what is written into parts and hands each full one over, two at a time at most: then whoever writes waits. What is collected last
/// stays here, so that an object of one part is never handed over.
/// </summary>
/// <param name="partBytes">Size of a part by its number from 1 on.</param>
/// <param name="uploadAsync">Sends a part.</param>
internal sealed class PartStream(Func<int, int> partBytes, Func<int, ArraySegment<byte>, CancellationToken, Task> uploadAsync) : Stream
{
    private const int Concurrent = 2;
    private const int FirstBuffer = 64 << 10;

    private readonly CancellationTokenSource _stop = new();
    private readonly List<(Task Upload, byte[] Buffer)> _uploads = [];
    private byte[] _buffer = [];
    private int _filled;
    private int _part = 1;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Parts handed over so far.</summary>
    internal int HandedOver => _part - 1;

    /// <summary>What was collected since.</summary>
    internal ArraySegment<byte> Collected => new(_buffer, 0, _filled);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (buffer.Length > 0)
        {
            if (_filled == partBytes(_part)) await HandOverAsync(cancellationToken);
            buffer = buffer[Collect(buffer.Span)..];
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            if (_filled == partBytes(_part)) Task.Run(() => HandOverAsync(CancellationToken.None)).GetAwaiter().GetResult();
            buffer = buffer[Collect(buffer)..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Sends what was collected, too, and waits until every part has arrived.</summary>
    internal async Task FinishAsync(CancellationToken cancellation)
    {
        await HandOverAsync(cancellation);
        await Task.WhenAll(_uploads.Select(upload => upload.Upload)).WaitAsync(cancellation);
    }

    /// <summary>Stops what is being sent, and waits for its end.</summary>
    internal async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_uploads.Select(upload => upload.Upload)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _uploads.Clear();
        _buffer = [];
        _stop.Dispose();
    }

    // Parts go when they are full; sending less would make parts that S3 refuses.
    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private int Collect(ReadOnlySpan<byte> bytes)
    {
        var full = partBytes(_part);
        var count = Math.Min(bytes.Length, full - _filled);
        if (_buffer.Length < _filled + count) Array.Resize(ref _buffer, (int)Math.Min(full, Math.Max(_filled + count, Math.Max(FirstBuffer, 2L * _buffer.Length))));
        bytes[..count].CopyTo(_buffer.AsSpan(_filled));
        _filled += count;
        return count;
    }

    private async Task HandOverAsync(CancellationToken cancellation)
    {
        byte[]? free = null;
        while (_uploads.Count == Concurrent)
        {
            var ended = await Task.WhenAny(_uploads.Select(upload => upload.Upload)).WaitAsync(cancellation).ConfigureAwait(false);
            await ended.ConfigureAwait(false);
            var index = _uploads.FindIndex(upload => upload.Upload == ended);
            free = _uploads[index].Buffer;
            _uploads.RemoveAt(index);
        }

        var (number, content) = (_part++, Collected);
        _uploads.Add((Task.Run(() => uploadAsync(number, content, _stop.Token), CancellationToken.None), _buffer));
        (_buffer, _filled) = (free ?? [], 0);
    }
}
