using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Stickers.Cli.Launch.Nodes;

namespace Stickers.Cli.Tests.Launch;

/// <summary>
/// A leader and its nodes as processes of the real program. Nodes have host names of their own (unshare --uts), so that mpirun takes them for other machines;
/// their network is this machine's.
/// </summary>
public sealed class NodeTests
{
    [Fact]
    public async Task Lead_WhenAllNodesHaveJoined_RunsEachRankOnItsNode()
    {
        MpirunTests.RequireMpirun();
        RequireHostNames();
        var port = FreePort();
        using var lead = Lead(port, Plans.Token, "60s", "--help");
        var nodes = new[] { "pod-0", "pod-1", "big-0" }.Select(name => JoinAs(port, name)).ToArray();
        var outcome = await lead.WaitAsync();
        Assert.True(outcome.Code == 0, $"{outcome.Output}\n{outcome.Error}");
        // Every rank is this program, run with the words behind "--".
        foreach (var rank in new[] { "preprocess 0", "preprocess 1", "main 0", "main 1" })
            Assert.Contains($"[{rank}] Description:", outcome.Output, StringComparison.Ordinal);
        foreach (var node in nodes)
        {
            using (node) Assert.Equal(0, (await node.WaitAsync()).Code);
        }
    }

    [Theory]
    [InlineData("lead")]
    [InlineData("pod-1")]
    public async Task Kill_OfTheLeaderOrOfANode_EndsEverythingElsewhere(string victim)
    {
        MpirunTests.RequireMpirun();
        RequireHostNames();
        // Ranks that last: they look for a leader that is not there. Its address tells their processes, and all of mpirun's, from others.
        var nowhere = $"127.0.0.1:{FreePort()}";
        var port = FreePort();
        using var lead = Lead(port, Plans.Token, "60s", "node", "join", nowhere, "--within", "300s");
        var nodes = new[] { "pod-0", "pod-1", "big-0" }.ToDictionary(name => name, name => JoinAs(port, name));
        try
        {
            while (ProcessesWith(nowhere).Count(line => line.Contains("stickers.dll node join", StringComparison.Ordinal)) < 4)
            {
                Assert.False(lead.HasExited);
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }

            (victim == "lead" ? lead : nodes[victim]).Send("KILL");
            if (victim != "lead")
            {
                var outcome = await lead.WaitAsync();
                Assert.NotEqual(0, outcome.Code);
                // Whoever notices first: the leader by its connection to the node, or Open MPI by its own.
                Assert.Matches($"{victim} (is lost|has left)|lost communication", outcome.Error);
            }

            foreach (var node in nodes.Where(node => node.Key != victim)) Assert.NotEqual(0, (await node.Value.WaitAsync()).Code);
            for (var wait = 0; wait < 300 && ProcessesWith(nowhere).Any(); wait++) await Task.Delay(100, TestContext.Current.CancellationToken);
            Assert.Empty(ProcessesWith(nowhere));
        }
        finally
        {
            foreach (var node in nodes.Values) node.Dispose();
        }
    }

    [Fact]
    public async Task Lead_WithoutAllNodesInTime_NamesThoseThatAreMissing()
    {
        var port = FreePort();
        using var lead = Lead(port, Plans.Token, "10s", "--help");
        using var node = Join(port, "pod-1", Plans.Token, "60s");
        var outcome = await lead.WaitAsync();
        Assert.Equal(1, outcome.Code);
        Assert.Contains("2 of 3 nodes did not come within 10s: pod-0, big-0", outcome.Error, StringComparison.Ordinal);
        // The node that came learns that the job is over.
        Assert.Equal(1, (await node.WaitAsync()).Code);
    }

    [Fact]
    public async Task Join_WithAnotherSecret_IsRefused()
    {
        var port = FreePort();
        using var lead = Lead(port, Plans.Token, "20s", "--help");
        using var node = Join(port, "pod-0", Plans.Token.Replace('0', '1'), "5s");
        var outcome = await node.WaitAsync();
        Assert.Equal(1, outcome.Code);
        Assert.Contains("does not know the job's secret", outcome.Error, StringComparison.Ordinal);
        await lead.WaitForAsync("was refused");
    }

    [Fact]
    public async Task Join_WithoutALeader_GivesUpInTime()
    {
        using var node = Join(FreePort(), "pod-0", Plans.Token, "2s");
        var outcome = await node.WaitAsync();
        Assert.Equal(1, outcome.Code);
        Assert.Contains("was not found within 2s", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no json at all\n")]
    [InlineData("{}\n")]
    [InlineData("{\"node\":\"pod-0\",\"challenge\":\"a\",\"proof\":\"b\"}\n")]
    [InlineData("null\n")]
    public async Task Lead_SpokenToByAStranger_StaysAndLetsOthersIn(string words)
    {
        var port = FreePort();
        using var lead = Lead(port, Plans.Token, "60s", "--help");
        await lead.WaitForAsync("listening");
        using (var stranger = new TcpClient())
        {
            await stranger.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
            await stranger.GetStream().WriteAsync(System.Text.Encoding.UTF8.GetBytes(words), TestContext.Current.CancellationToken);
            using var reader = new StreamReader(stranger.GetStream());
            Assert.NotNull(await reader.ReadLineAsync(TestContext.Current.CancellationToken)); // the challenge
            Assert.Null(await reader.ReadLineAsync(TestContext.Current.CancellationToken)); // closed
        }

        using var node = Join(port, "pod-0", Plans.Token, "60s");
        await lead.WaitForAsync("pod-0 has joined: 1 of 3");
    }

    [Fact]
    public async Task Lead_ThatANodeLeaves_LetsItJoinAgain()
    {
        var port = FreePort();
        using var lead = Lead(port, Plans.Token, "60s", "--help");
        using (var first = Join(port, "pod-0", Plans.Token, "60s"))
        {
            await lead.WaitForAsync("pod-0 has joined");
            first.Send("KILL");
            await lead.WaitForAsync("pod-0 has left");
        }

        using var second = Join(port, "pod-0", Plans.Token, "60s");
        await second.WaitForAsync("joined");
    }

    [Theory]
    [InlineData("main=pod-*2x4", "main", 2, 4, "pod-0 pod-1")]
    [InlineData("preprocess=a-preprocess-0-*1x1", "preprocess", 1, 1, "a-preprocess-0-0")]
    public void NodeGroup_GoodText_ReadsBack(string text, string stage, int nodes, int ranks, string names)
    {
        Assert.True(NodeGroup.TryParse(text, out var group));
        Assert.Equal((stage, nodes, ranks, names), (group.Stage, group.Nodes, group.RanksPerNode, string.Join(' ', group.Names)));
        Assert.Equal(text, group.ToString());
    }

    [Theory]
    [InlineData("main")]
    [InlineData("main=pod-2x4")]
    [InlineData("main=pod-*2")]
    [InlineData("main=pod-*0x4")]
    [InlineData("=pod-*1x1")]
    public void NodeGroup_BadText_IsRefused(string text) => Assert.False(NodeGroup.TryParse(text, out _));

    private static StickersProcess Lead(int port, string token, string within, params string[] command) =>
        StickersProcess.Start(Secret(token), ["node", "lead", "--port", $"{port}", "--within", within, "--stage", "preprocess=pod-*2x1", "--stage", "main=big-*1x2", "--", .. command]);

    private static StickersProcess Join(int port, string name, string token, string within) =>
        StickersProcess.Start(Secret(token), "node", "join", $"127.0.0.1:{port}", "--as", name, "--within", within);

    /// <summary>A node with a host name of its own.</summary>
    private static StickersProcess JoinAs(int port, string name) => StickersProcess.Start(
        new ProcessStartInfo("unshare", ["--uts", "sh", "-c", "hostname \"$1\"; shift; exec \"$@\"", "sh", name, .. StickersProcess.Program, "node", "join", $"127.0.0.1:{port}", "--within", "60s"]),
        Secret(Plans.Token));

    private static Dictionary<string, string> Secret(string token) => new() { [NodeToken.Variable] = token };

    private static void RequireHostNames()
    {
        using var unshare = Process.Start(new ProcessStartInfo("unshare", ["--uts", "true"]) { RedirectStandardError = true })!;
        unshare.WaitForExit();
        Assert.SkipUnless(unshare.ExitCode == 0, "unshare --uts is not permitted here: run as root to give processes host names of their own.");
    }

    internal static IEnumerable<string> ProcessesWith(string word)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
        {
            string line;
            try
            {
                line = File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ');
            }
            catch (IOException)
            {
                continue; // it has just ended
            }

            if (line.Contains(word, StringComparison.Ordinal)) yield return line;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
