using System.Net.Sockets;

namespace Stickers.Cli.Launch.Nodes;

/// <summary>What mpirun calls in place of ssh: <c>node start SOCKET -- NODE COMMAND…</c>. Lives as long as the command on the node does.</summary>
internal static class NodeStart
{
    /// <exception cref="LaunchFailedException">The command failed, or its node is lost.</exception>
    public static async Task RunAsync(string leader, string node, IEnumerable<string> command, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(leader), cancellation);
        using var line = new NodeLine(socket);
        // As ssh does: the words are joined, and the shell on the other side takes them apart.
        await line.SendAsync(new NodeMessage { Node = node, Run = string.Join(' ', command) }, cancellation);
        var code = (await line.ReceiveAsync(cancellation))?.Exit ?? ExitCode.Failure;
        if (code != 0) throw new LaunchFailedException($"Open MPI's daemon on {node} ended with exit code {code}.", code);
    }
}
