namespace Stickers.Storage;

/// <summary>
/// Reads a part of a remote object through windows, each fetched whole by one request that can be repeated. A window is small after a seek and
/// doubles while the reading goes on from front to back, so that neither a footer nor a long file costs many requests.
/// </summary>
/// <param name="offset">Where the stream begins in the object.</param>
/// <param name="length">Length of the stream.</param>
internal abstract class WindowStream(long offset, long length) : Stream
{
    internal const int FirstWindow = 256 << 10;
    private const int LargestWindow = 8 << 20;

    private byte[] _window = [];
    private long _start;
    private int _filled;
    private int _next = FirstWindow;
    private long _position;
    private bool _disposed;

    public override bool CanRead => !_disposed;

    public override bool CanSeek => !_disposed;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (buffer.IsEmpty || _position >= length) return 0;
        if (_position < _start || _position >= _start + _filled) await MoveAsync(cancellationToken).ConfigureAwait(false);
        return Take(buffer.Span);
    }

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (buffer.IsEmpty || _position >= length) return 0;
        if (_position < _start || _position >= _start + _filled) Task.Run(() => MoveAsync(CancellationToken.None)).GetAwaiter().GetResult();
        return Take(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => _position,
        _ => length,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("An object that is read cannot be changed.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("An object that is read cannot be changed.");

    /// <summary>Fills the whole window from the object.</summary>
    /// <param name="from">Position in the object.</param>
    /// <param name="window">Never beyond the stream's end.</param>
    /// <param name="cancellation">Stops the request.</param>
    protected abstract Task FillAsync(long from, Memory<byte> window, CancellationToken cancellation);

    /// <summary>Puts a first window there that came with the opening.</summary>
    protected void Begin(byte[] first) => (_window, _start, _filled, _next) = (first, 0, (int)Math.Min(first.Length, length), FirstWindow * 2);

    protected override void Dispose(bool disposing)
    {
        _disposed = true;
        _window = [];
        base.Dispose(disposing);
    }

    private async Task MoveAsync(CancellationToken cancellation)
    {
        var goesOn = _filled > 0 && _position == _start + _filled;
        _next = goesOn ? Math.Min(_next, LargestWindow) : FirstWindow;
        var size = (int)Math.Min(_next, length - _position);
        _filled = 0;
        if (_window.Length < size) _window = new byte[size];
        await FillAsync(offset + _position, _window.AsMemory(0, size), cancellation).ConfigureAwait(false);
        (_start, _filled) = (_position, size);
        _next = Math.Min(_next * 2, LargestWindow);
    }

    private int Take(Span<byte> buffer)
    {
        var count = (int)Math.Min(buffer.Length, _start + _filled - _position);
        _window.AsSpan((int)(_position - _start), count).CopyTo(buffer);
        _position += count;
        return count;
    }
}
