using System.Net;
using System.Net.Sockets;

namespace Stickers.Cli.Launch.Nodes;

/// <summary>
/// Starts ranks on nodes without ssh. Every node connects and waits; when all have come, mpirun is started, and where it would call ssh it calls
/// <see cref="NodeStart"/>, which asks here to run the command on a node. From then on Open MPI's daemons on the nodes and mpirun talk to each other as ever.
/// </summary>
internal sealed class NodeLead : IAsyncDisposable
{
    private static readonly TimeSpan Greeting = TimeSpan.FromSeconds(20);

    private readonly LaunchPlan _plan;
    private readonly IReadOnlyList<NodeGroup> _groups;
    private readonly NodeToken _token;
    private readonly Action<string> _say;
    private readonly TcpListener _listener;
    private readonly Dictionary<string, JoinedNode?> _nodes;
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();

    /// <param name="plan">What to start; its stages are those of the groups.</param>
    /// <param name="groups">The nodes of each stage.</param>
    /// <param name="port">TCP port to listen on; 0 for any.</param>
    /// <param name="token">Shared with the nodes.</param>
    /// <param name="say">Remarks for people.</param>
    public NodeLead(LaunchPlan plan, IReadOnlyList<NodeGroup> groups, int port, NodeToken token, Action<string> say)
    {
        _plan = plan;
        _groups = groups;
        _token = token;
        _say = say;
        _nodes = groups.SelectMany(group => group.Names).ToDictionary(name => name, _ => (JoinedNode?)null);
        _listener = new TcpListener(IPAddress.IPv6Any, port);
        _listener.Server.DualMode = true;
        _listener.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Waits for all nodes, runs mpirun over them and ends them with its outcome.</summary>
    /// <param name="mpirun">Starts the plan's ranks.</param>
    /// <param name="program">How this program is started, here and on the nodes.</param>
    /// <param name="cancellation">Ends the job.</param>
    /// <exception cref="TimeoutException">Not all nodes came in time.</exception>
    /// <exception cref="LaunchFailedException">A rank failed, or mpirun itself.</exception>
    public async Task RunAsync(Mpirun mpirun, IReadOnlyList<string> program, CancellationToken cancellation)
    {
        var welcoming = WelcomeAsync();
        var over = ExitCode.Failure;
        try
        {
            await GatherAsync(cancellation);
            await LaunchAsync(mpirun, program, cancellation);
            over = ExitCode.Success;
        }
        catch (LaunchFailedException failure)
        {
            over = failure.Code;
            throw;
        }
        finally
        {
            JoinedNode[] present;
            lock (_nodes) present = [.. _nodes.Values.OfType<JoinedNode>()];
            foreach (var node in present) await node.EndAsync(over);
            await _stop.CancelAsync();
            await welcoming;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task GatherAsync(CancellationToken cancellation)
    {
        _say($"waiting for {_nodes.Count} nodes for at most {new Duration(_plan.Rendezvous)}");
        try
        {
            await _complete.Task.WaitAsync(_plan.Rendezvous, cancellation);
        }
        catch (TimeoutException)
        {
            string[] missing;
            lock (_nodes) missing = [.. _nodes.Where(node => node.Value is null).Select(node => node.Key)];
            throw new TimeoutException($"{missing.Length} of {_nodes.Count} nodes did not come within {new Duration(_plan.Rendezvous)}: {string.Join(", ", missing.Take(10))}{(missing.Length > 10 ? ", …" : "")}. Were their pods scheduled, and can they reach this one?");
        }
    }

    private async Task LaunchAsync(Mpirun mpirun, IReadOnlyList<string> program, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("stickers-lead-").FullName;
        using var agents = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using var served = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var socket = Path.Combine(folder, "agents");
        agents.Bind(new UnixDomainSocketEndPoint(socket));
        agents.Listen();
        var serving = ServeAgentsAsync(agents, served.Token);
        try
        {
            var agent = Path.Combine(folder, "agent");
            await File.WriteAllTextAsync(agent, $"exec {string.Join(' ', program.Select(BatchScript.Quoted))} node start {socket} -- \"$@\"\n", cancellation);
            string[] placement =
            [
                "--mca", "plm", "rsh",
                "--mca", "plm_rsh_agent", $"sh {agent}",
                // Every node is started from here; otherwise nodes would start each other, and need an agent.
                "--mca", "plm_rsh_no_tree_spawn", "1",
                "--leave-session-attached",
                "--host", string.Join(',', _groups.SelectMany(group => group.Names.Select(name => $"{name}:{group.RanksPerNode}"))),
            ];
            await mpirun.RunAsync(placement, program, cancellation);
        }
        finally
        {
            await served.CancelAsync();
            await serving;
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Lets nodes in until all have come and as long as the job runs, so that a stranger is told so.</summary>
    private async Task WelcomeAsync()
    {
        var greetings = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                greetings.RemoveAll(greeting => greeting.IsCompleted);
                greetings.Add(GreetAsync(new NodeLine(socket)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(greetings);
        }
    }

    private async Task GreetAsync(NodeLine line)
    {
        JoinedNode? node = null;
        try
        {
            using (var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token))
            {
                limit.CancelAfter(Greeting);
                var challenge = NodeToken.NewChallenge();
                await line.SendAsync(new NodeMessage { Challenge = challenge }, limit.Token);
                if (await line.ReceiveAsync(limit.Token) is not { Node: { } name, Challenge: { } theirs, Proof: { } proof }) return;
                var known = NodeToken.Same(proof, _token.NodeProof(challenge, name));
                if (!known) _say("somebody who does not know the job's secret wanted to join, and was refused");
                node = known ? Admit(name, line) : null;
                if (node is null) return;
                await line.SendAsync(new NodeMessage { Proof = _token.LeadProof(theirs, name) }, limit.Token);
            }

            Count(node);
            await node.ListenAsync(_stop.Token);
            if (!_stop.IsCancellationRequested) _say($"{node.Name} has left");
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or InvalidDataException)
        {
            // It may come again; who never comes is named when time is up.
        }
        finally
        {
            if (node is not null) lock (_nodes) _nodes[node.Name] = null;
            line.Dispose();
        }
    }

    private JoinedNode? Admit(string name, NodeLine line)
    {
        lock (_nodes)
        {
            if (_nodes.TryGetValue(name, out var present) && present is null) return _nodes[name] = new JoinedNode(name, line);
            _say($"{name} wanted to join, but {(present is null ? "is no node of this job" : "has joined already")}");
            return null;
        }
    }

    private void Count(JoinedNode node)
    {
        lock (_nodes)
        {
            var come = _nodes.Values.Count(other => other is not null);
            _say($"{node.Name} has joined: {come} of {_nodes.Count}");
            if (come == _nodes.Count) _complete.TrySetResult();
        }
    }

    /// <summary>Runs what mpirun's agents ask for until the token says that mpirun has ended.</summary>
    private async Task ServeAgentsAsync(Socket agents, CancellationToken served)
    {
        var serving = new List<Task>();
        try
        {
            while (true) serving.Add(ServeAsync(new NodeLine(await agents.AcceptAsync(served))));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }

        async Task ServeAsync(NodeLine agent)
        {
            using (agent)
            {
                try
                {
                    if (await agent.ReceiveAsync(served) is not { Node: { } name, Run: { } command }) return;
                    JoinedNode? node;
                    lock (_nodes) _nodes.TryGetValue(name, out node);
                    var code = node is null ? ExitCode.WrongUse : await node.RunAsync(command, served);
                    if (code is null) _say($"{name} is lost");
                    await agent.SendAsync(new NodeMessage { Exit = code ?? ExitCode.Failure }, served);
                }
                catch (Exception exception) when (exception is OperationCanceledException or IOException or InvalidDataException)
                {
                    // mpirun has ended, or ended its agent.
                }
            }
        }
    }

    /// <summary>A node that has come.</summary>
    private sealed class JoinedNode(string name, NodeLine line)
    {
        private readonly TaskCompletionSource<int?> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => name;

        /// <summary>Hears the node until it is lost.</summary>
        public async Task ListenAsync(CancellationToken cancellation)
        {
            try
            {
                while (await line.ReceiveAsync(cancellation) is { } message)
                    if (message.Exit is { } code) _exit.TrySetResult(code);
            }
            finally
            {
                _exit.TrySetResult(null);
            }
        }

        /// <summary>Runs a command there; mpirun starts one daemon on each node.</summary>
        /// <returns>The command's exit code, or null if the node is lost.</returns>
        public async Task<int?> RunAsync(string command, CancellationToken cancellation)
        {
            try
            {
                await line.SendAsync(new NodeMessage { Run = command }, cancellation);
                return await _exit.Task.WaitAsync(cancellation);
            }
            catch (IOException)
            {
                return null;
            }
        }

        public async Task EndAsync(int code)
        {
            try
            {
                await line.SendAsync(new NodeMessage { Over = code }, CancellationToken.None);
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                // Lost already; that is why the job is over, or no matter any more.
            }
        }
    }
}
