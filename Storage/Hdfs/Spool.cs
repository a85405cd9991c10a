using System.Net;
using Microsoft.Win32.SafeHandles;

namespace Stickers.Storage.Hdfs;

/// <summary>
/// Keeps what is written until it is sent, as often as it takes: in memory while it is small, then in a file on local disk that has no name, so
/// that it is gone whatever happens.
/// </summary>
/// <param name="folder">Where the file would be.</param>
internal sealed class Spool(string folder) : Stream
{
    private const int InMemory = 8 << 20;

    private readonly MemoryStream _memory = new();
    private SafeFileHandle? _file;
    private long _inFile;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _inFile + _memory.Length;

    public override long Position
    {
        get => Length;
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var count = (int)Math.Min(buffer.Length, InMemory - _memory.Length);
            _memory.Write(buffer[..count]);
            buffer = buffer[count..];
            if (_memory.Length == InMemory) Spill();
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_memory.Length + buffer.Length < InMemory) Write(buffer.Span);
        else await Task.Run(() => Write(buffer.Span), CancellationToken.None);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>All of it as the body of a request; any number of times.</summary>
    internal HttpContent ToContent()
    {
        var content = new Body(this);
        content.Headers.ContentType = new("application/octet-stream");
        return content;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _file?.Dispose();
        base.Dispose(disposing);
    }

    private void Spill()
    {
        _file ??= OpenNameless();
        RandomAccess.Write(_file, _memory.GetBuffer().AsSpan(0, InMemory), _inFile);
        _inFile += InMemory;
        _memory.SetLength(0);
    }

    private SafeFileHandle OpenNameless()
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"spool-{Guid.NewGuid():N}");
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete);
        File.Delete(path);
        return file;
    }

    private sealed class Body(Spool spool) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            var buffer = new byte[256 << 10];
            for (long sent = 0; sent < spool._inFile;)
            {
                var read = await RandomAccess.ReadAsync(spool._file!, buffer.AsMemory(0, (int)Math.Min(buffer.Length, spool._inFile - sent)), sent, cancellationToken);
                await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                sent += read;
            }

            await stream.WriteAsync(spool._memory.GetBuffer().AsMemory(0, (int)spool._memory.Length), cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = spool.Length;
            return true;
        }
    }
}
