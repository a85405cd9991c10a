using System.Diagnostics;
using System.Net.Sockets;

namespace Stickers.Cli.Launch.Nodes;

/// <summary>A node's side: finds its leader, runs what mpirun starts here, and ends when the job is over or the leader is lost.</summary>
internal static class NodeJoin
{
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <param name="host">The leader's name or address; it may not exist yet.</param>
    /// <param name="port">Its port.</param>
    /// <param name="name">This node's name.</param>
    /// <param name="token">Shared with the leader.</param>
    /// <param name="within">How long to look for the leader.</param>
    /// <param name="say">Remarks for people.</param>
    /// <param name="cancellation">Ends what runs here.</param>
    /// <exception cref="TimeoutException">The leader was not found in time.</exception>
    /// <exception cref="LaunchFailedException">The job failed, or the leader was lost.</exception>
    public static async Task RunAsync(string host, int port, string name, NodeToken token, TimeSpan within, Action<string> say, CancellationToken cancellation)
    {
        using var line = await FindAsync(host, port, name, token, within, cancellation);
        say($"joined {host}:{port} as {name}");
        using var work = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = new List<Task>();
        try
        {
            while (await line.ReceiveAsync(cancellation) is { } message)
            {
                if (message.Run is { } command) running.Add(ExecuteAsync(command, line, work.Token));
                if (message.Over == ExitCode.Success) return;
                if (message.Over is { } code) throw new LaunchFailedException($"the job ended with exit code {code}; why stands in the leader's log.", code);
            }
        }
        finally
        {
            await work.CancelAsync();
            await Task.WhenAll(running);
        }

        throw new LaunchFailedException($"the leader at {host}:{port} is lost; what ran here was ended.", ExitCode.Failure);
    }

    private static async Task<NodeLine> FindAsync(string host, int port, string name, NodeToken token, TimeSpan within, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        var last = "";
        while (Stopwatch.GetElapsedTime(began) < within)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(Attempt);
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            NodeLine? line = null;
            try
            {
                await socket.ConnectAsync(host, port, limit.Token);
                line = new NodeLine(socket);
                var challenge = NodeToken.NewChallenge();
                if (await line.ReceiveAsync(limit.Token) is { Challenge: { } theirs })
                {
                    await line.SendAsync(new NodeMessage { Node = name, Challenge = challenge, Proof = token.NodeProof(theirs, name) }, limit.Token);
                    if (await line.ReceiveAsync(limit.Token) is { Proof: { } proof } && NodeToken.Same(proof, token.LeadProof(challenge, name))) return line;
                }

                last = $"it does not take {name} as a node of its job, or does not know the job's secret";
            }
            catch (Exception exception) when (exception is SocketException or IOException or InvalidDataException || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                last = exception is OperationCanceledException ? "no answer" : exception.Message;
            }

            line?.Dispose();
            socket.Dispose();
            await Task.Delay(Pause, cancellation);
        }

        throw new TimeoutException($"The leader at {host}:{port} was not found within {new Duration(within)}: {last}.");
    }

    private static async Task ExecuteAsync(string command, NodeLine line, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", command]))!;
        try
        {
            await process.WaitForExitAsync(cancellation);
            await line.SendAsync(new NodeMessage { Exit = process.ExitCode }, cancellation);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
