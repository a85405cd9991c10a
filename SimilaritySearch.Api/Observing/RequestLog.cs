using System.Text.Json;
using System.Threading.Channels;

namespace Stickers.SimilaritySearch.Api.Observing;

/// <summary>One answered request; never what was asked in words, never a key's secret.</summary>
/// <param name="Time">When it was answered, UTC.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Route">The address' pattern: what stands in its place tells who looked at what.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Milliseconds">From the first byte to the end of the answer.</param>
/// <param name="Bytes">Length of the answer's body, where it is known.</param>
/// <param name="Key">Id of the key; null on an open server.</param>
/// <param name="Trace">Trace id, to be found in the traces.</param>
internal sealed record LoggedRequest(DateTime Time, string Method, string Route, int Status, double Milliseconds, long? Bytes, string? Key, string? Trace);

/// <summary>Writes requests as JSON, one a line, beside their answering. When the disk is too slow, lines are lost and counted; requests never wait.</summary>
internal sealed class RequestLog : IAsyncDisposable
{
    private readonly Channel<LoggedRequest> _lines;
    private readonly Task _writing;
    private long _lost;

    /// <param name="output">Where lines go; stays the caller's.</param>
    public RequestLog(Stream output)
    {
        _lines = Channel.CreateBounded<LoggedRequest>(new BoundedChannelOptions(16_384) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        _writing = WriteAsync(output);
    }

    /// <summary>Lines that were lost.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    public void Add(LoggedRequest request)
    {
        if (!_lines.Writer.TryWrite(request))
            Interlocked.Increment(ref _lost);
    }

    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAsync(Stream output)
    {
        await Task.Yield();
        using var buffer = new MemoryStream();
        while (await _lines.Reader.WaitToReadAsync())
        {
            buffer.SetLength(0);
            while (buffer.Length < 64 << 10 && _lines.Reader.TryRead(out var line))
            {
                JsonSerializer.Serialize(buffer, line, JsonSerializerOptions.Web);
                buffer.WriteByte((byte)'\n');
            }

            buffer.Position = 0;
            await buffer.CopyToAsync(output);
            await output.FlushAsync();
        }
    }
}
