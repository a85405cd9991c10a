using System.Net.Sockets;
using System.Text;

namespace Stickers.SimilaritySearch.Api.Tests;

/// <summary>
/// An upload whose handler is known to wait for the body. By hand: HttpClient reads no answer before it has sent all, and cannot tell
/// when the server has begun to read.
/// </summary>
internal sealed class HeldUpload : IDisposable
{
    private readonly TcpClient _tcp;
    private readonly StreamReader _reader;
    private readonly byte[] _body;

    private HeldUpload(TcpClient tcp, byte[] body)
    {
        _tcp = tcp;
        _body = body;
        _reader = new StreamReader(tcp.GetStream(), Encoding.ASCII);
    }

    /// <summary>Sends the headers and returns when the server asks for the body, which it does when the handler reads.</summary>
    public static async Task<HeldUpload> StartAsync(Uri server, string path, byte[] body)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var tcp = new TcpClient();
        await tcp.ConnectAsync(server.Host, server.Port, cancellation);
        var head = $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: {body.Length}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n";
        await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), cancellation);
        var held = new HeldUpload(tcp, body);
        Assert.Equal("HTTP/1.1 100 Continue", await held._reader.ReadLineAsync(cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(20), cancellation));
        Assert.Equal("", await held._reader.ReadLineAsync(cancellation));
        return held;
    }

    /// <summary>Sends the body; the whole answer.</summary>
    public async Task<string> FinishAsync()
    {
        await _tcp.GetStream().WriteAsync(_body, TestContext.Current.CancellationToken);
        return await AnswerAsync();
    }

    /// <summary>The whole answer, without sending the body.</summary>
    public Task<string> AnswerAsync() => _reader.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20));

    public void Dispose()
    {
        _reader.Dispose();
        _tcp.Dispose();
    }
}
