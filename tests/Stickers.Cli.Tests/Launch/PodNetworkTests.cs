using Stickers.Cli.Launch.Nodes;
using Stickers.Pipeline;

namespace Stickers.Cli.Tests.Launch;

/// <summary>A job over pods: leader and nodes in networks of their own, where nobody knows another's name.</summary>
public sealed class PodNetworkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Lead_OverNetworksOfTheirOwn_RunsTheWholeJobAndGivesTheSameBytes()
    {
        MpirunTests.RequireMpirun();
        PodNetwork.Require();
        Directory.CreateDirectory(Path.Combine(_folder.Path, "texts"));
        for (var i = 0; i < 4; i++) File.WriteAllLines(Path.Combine(_folder.Path, "texts", $"{i}.txt"), Enumerable.Range(0, 300).Select(line => $"good night {line % 7}"));
        string[] job = ["run", RunCommandTests.Samples, "--job", "word-count", "--root", _folder.Path, "--preprocess", "2", "--main", "1", "--postprocess", "1"];
        var alone = await StickersProcess.RunAsync([.. job, "--output", "alone"]);
        Assert.True(alone.Code == 0, alone.Error);

        using var network = new PodNetwork("lead", "pre-0", "pre-1", "main-0", "post-0");
        using var lead = Start(network, "lead", ["lead", "--port", "7077", "--within", "60s", "--stage", "preprocess=pre-*2x1", "--stage", "main=main-*1x1", "--stage", "postprocess=post-*1x1", "--", .. job, "--output", "pods"]);
        var pods = new[] { "pre-0", "pre-1", "main-0", "post-0" }.Select(pod => Start(network, pod, "join", $"{network.AddressOf("lead")}:7077", "--within", "60s")).ToArray();
        var outcome = await lead.WaitAsync();
        foreach (var pod in pods)
        {
            using (pod) Assert.Equal(outcome.Code, (await pod.WaitAsync()).Code);
        }

        Assert.True(outcome.Code == 0, $"{outcome.Output}\n{outcome.Error}");
        Assert.Contains("1,200 items read = 1,200 written + 0 in quarantine, in 4 shards (4 done now)", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(Bytes("alone"), Bytes("pods"));
    }

    private SortedDictionary<string, string> Bytes(string output)
    {
        var root = Path.Combine(_folder.Path, output);
        return new(Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).ToDictionary(path => Path.GetRelativePath(root, path), path => Convert.ToHexString(File.ReadAllBytes(path))), StringComparer.Ordinal);
    }

    /// <summary>As the manifest starts a pod's program: with the job's secret and the pod's address in its environment.</summary>
    private static StickersProcess Start(PodNetwork network, string pod, params string[] words) => StickersProcess.Start(
        network.In(pod, [.. StickersProcess.Program, "node", .. words]),
        new Dictionary<string, string> { [NodeToken.Variable] = Plans.Token, [JobRunner.AddressVariable] = network.AddressOf(pod) });
}
