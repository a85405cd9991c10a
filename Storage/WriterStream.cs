using System.Security.Cryptography;

namespace Stickers.Storage;

/// <summary>
/// What a writer's user writes into: hashes and counts on the way to the target. A write that fails spoils the whole: an object with a hole
/// must never be committed, whoever has swallowed the exception.
/// </summary>
internal sealed class WriterStream(string store, string key, Stream target, long limit) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _written;
    private bool _closed, _spoilt;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => !_closed;

    public override long Length => _written;

    public override long Position
    {
        get => _written;
        set => throw Forward();
    }

    /// <summary>Flushes and ends the stream; gives size and lower-case hexadecimal SHA-256.</summary>
    internal async Task<(long Bytes, string Sha256)> EndAsync(CancellationToken cancellation)
    {
        if (_spoilt) throw new InvalidOperationException($"'{key}' in store '{store}' cannot be committed: a write to it has failed.");
        await FlushAsync(cancellation);
        var sha256 = Convert.ToHexStringLower(_hash.GetHashAndReset());
        End();
        return (_written, sha256);
    }

    /// <summary>No more writes. The target belongs to the writer.</summary>
    internal void End()
    {
        _closed = true;
        _hash.Dispose();
    }

    /// <summary>Nothing: that which writes a format and disposes what it wrote to neither commits nor gives up.</summary>
    public override void Close()
    {
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Begin(buffer.Length);
        try
        {
            target.Write(buffer);
        }
        catch (Exception fault)
        {
            throw Spoil(fault);
        }

        Count(buffer);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Begin(buffer.Length);
        try
        {
            await target.WriteAsync(buffer, cancellationToken);
        }
        catch (Exception fault)
        {
            throw Spoil(fault);
        }

        Count(buffer.Span);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void WriteByte(byte value) => Write([value]);

    public override void Flush()
    {
        try
        {
            target.Flush();
        }
        catch (Exception fault)
        {
            throw Spoil(fault);
        }
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await target.FlushAsync(cancellationToken);
        }
        catch (Exception fault)
        {
            throw Spoil(fault);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("An object being written cannot be read.");

    public override long Seek(long offset, SeekOrigin origin) => throw Forward();

    public override void SetLength(long value) => throw Forward();

    private void Begin(int bytes)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        if (_written + bytes > limit)
        {
            _spoilt = true;
            throw new StoreException(store, key, $"an object with a condition on it may have {limit} bytes, and more were written. Write it without a condition, and a small object with the condition that names it.", isTransient: false);
        }
    }

    private void Count(ReadOnlySpan<byte> buffer)
    {
        _hash.AppendData(buffer);
        _written += buffer.Length;
    }

    private Exception Spoil(Exception fault)
    {
        _spoilt = true;
        return fault is IOException and not StoreException
            ? new StoreException(store, key, $"writing it failed after {_written} bytes: {DiskFault.Words(fault)} Nothing was stored.", isTransient: false, fault)
            : fault;
    }

    private static NotSupportedException Forward() => new("An object is written from front to back.");
}
