using System.Diagnostics;
using System.Globalization;
using Stickers.Cli.Tests;
using Stickers.Cli.Tests.Launch;
using Stickers.Tests.Servers;

namespace Stickers.EndToEnd.Tests;

/// <summary>
/// A job over pods, each with a network of its own, that works on a real S3 server, while things break at seeded moments: a rank is killed; or the network is cut and the server is
/// gone, both for ten seconds. STICKERS_TEST_CHAOS says how many moments, else two; the seed is fixed, so the first ones are always the same.
/// </summary>
public sealed class ChaosTests : IAsyncLifetime
{
    private const string Bucket = "chaos";

    // A rank that is cut off is given up after a minute, a call to the store after three: no run may take longer than that and its own work.
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Cut = TimeSpan.FromSeconds(10);
    private static readonly string[] Ranks = ["pre-0", "pre-1", "main-0", "post-0"];
    private static readonly string[] Words = ["good", "night", "cat", "thank", "you", "happy"];

    private readonly RadosGateway _server = new() { Address = "0.0.0.0" };
    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new(20261127);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    internal static string Samples
    {
        get
        {
            var built = AppContext.BaseDirectory.Split("/tests/")[^1];
            return Path.Combine(AppContext.BaseDirectory[..^(built.Length + "tests/".Length)], "samples", built[(built.IndexOf('/') + 1)..], "Stickers.Samples.dll");
        }
    }

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Job_WhileRanksDieNetworksAreCutAndTheStoreIsAway_EndsInTimeAndCompletesWithTheSameBytes()
    {
        RadosGateway.Demand();
        PodNetwork.Require();
        await _server.CreateBucketAsync(Bucket, Token);
        using var network = new PodNetwork(["lead", .. Ranks]);
        await WriteTextsAsync();
        var alone = await Alone("alone");
        Assert.True(alone.Code == 0, alone.Error);
        var expected = await _server.HashesAsync(Bucket, "root/alone/", Token);

        var moments = int.TryParse(Environment.GetEnvironmentVariable("STICKERS_TEST_CHAOS"), out var asked) ? asked : 2;
        var output = TestContext.Current.TestOutputHelper!;
        for (var moment = 0; moment < moments; moment++)
        {
            var name = $"run-{moment}";
            var began = Stopwatch.GetTimestamp();
            var first = await RunAsync(network, name, moment % 3 == 1 ? CutAsync(network) : KillAsync(network));
            output.WriteLine($"moment {moment}: {first.What}, ended with {first.Code} after {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
            var again = first;
            // What a failed run left is gone on with; nothing breaks then.
            if (first.Code != 0) again = await RunAsync(network, name, Task.FromResult("nothing"));
            Assert.True(again.Code == 0, $"moment {moment}: {first.What}, then {again.Code}: {again.Error}");
            Assert.Equal(expected, await _server.HashesAsync(Bucket, $"root/{name}/", Token));
        }
    }

    /// <summary>Runs the job over the pods while something happens.</summary>
    private async Task<(int Code, string What, string Error)> RunAsync(PodNetwork network, string name, Task<string> trouble)
    {
        using var lead = Start(network, "lead", ["lead", "--port", "7077", "--within", "60s", "--stage", "preprocess=pre-*2x1", "--stage", "main=main-*1x1", "--stage", "postprocess=post-*1x1", "--", .. Job(name)]);
        var nodes = Ranks.Select(pod => Start(network, pod, ["join", $"{network.AddressOf("lead")}:7077", "--within", "60s"])).ToArray();
        try
        {
            var what = await trouble.WaitAsync(Bound, Token);
            var outcome = await lead.WaitAsync().WaitAsync(Bound, Token);
            foreach (var node in nodes) await node.WaitAsync().WaitAsync(TimeSpan.FromSeconds(90), Token);
            return (outcome.Code, what, outcome.Error);
        }
        finally
        {
            foreach (var node in nodes) node.Dispose();
        }
    }

    private async Task<string> KillAsync(PodNetwork network)
    {
        var (victim, moment) = (Ranks[_random.Next(Ranks.Length)], TimeSpan.FromSeconds(_random.NextDouble() * 6));
        for (var wait = 0; wait < 300; wait++)
        {
            if (network.ProcessesIn(victim).FirstOrDefault(IsRank) is > 0 and var rank)
            {
                await Task.Delay(moment, Token);
                using var kill = Process.Start("kill", ["-9", rank.ToString(CultureInfo.InvariantCulture)]);
                await kill.WaitForExitAsync(Token);
                return $"{victim} killed {moment.TotalSeconds:0.0} s after its start{(kill.ExitCode == 0 ? "" : " (it had ended)")}";
            }

            await Task.Delay(100, Token);
        }

        throw new TimeoutException($"No rank was started in {victim}.");
    }

    private async Task<string> CutAsync(PodNetwork network)
    {
        var moment = TimeSpan.FromSeconds(_random.NextDouble() * 6);
        while (Ranks.Any(pod => !network.ProcessesIn(pod).Any(IsRank))) await Task.Delay(100, Token);
        await Task.Delay(moment, Token);
        network.Cut();
        await _server.KillAsync();
        await Task.Delay(Cut, Token);
        network.Mend();
        await _server.StartAsync();
        return $"network cut and store gone for {Cut.TotalSeconds} s, {moment.TotalSeconds:0.0} s after the start";
    }

    /// <summary>A rank has what Open MPI gives it, and is the program, not what starts it.</summary>
    private static bool IsRank(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/environ").Contains("OMPI_COMM_WORLD_RANK=", StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private async Task WriteTextsAsync()
    {
        var random = new Random(1);
        var import = Path.Combine(_folder.Path, "texts");
        Directory.CreateDirectory(import);
        for (var file = 0; file < 60; file++)
        {
            var lines = Enumerable.Range(0, 12_000).Select(_ => $"{Words[random.Next(Words.Length)]} {Words[random.Next(Words.Length)]} {Words[random.Next(Words.Length)]}");
            await File.WriteAllLinesAsync(Path.Combine(import, $"{file:00}.txt"), lines, Token);
        }

        await _server.UploadAsync(Bucket, "root/texts/", import, Token);
    }

    private static string[] Job(string output) =>
        ["run", Samples, "--job", "word-count", "--root", $"s3://{Bucket}/root", "--output", output, "--preprocess", "2", "--main", "1", "--postprocess", "1"];

    private async Task<Outcome> Alone(string output)
    {
        using var process = StickersProcess.Start(VariablesFor(_server.Endpoint), Job(output));
        return await process.WaitAsync();
    }

    private StickersProcess Start(PodNetwork network, string pod, string[] words)
    {
        var environment = new Dictionary<string, string>(VariablesFor(new UriBuilder(_server.Endpoint) { Host = PodNetwork.Host }.Uri))
        {
            ["STICKERS_NODE_TOKEN"] = "0123456789abcdef0123456789abcdef",
            ["STICKERS_ADDRESS"] = network.AddressOf(pod),
        };
        return StickersProcess.Start(network.In(pod, [.. StickersProcess.Program, "node", .. words]), environment);
    }

    private Dictionary<string, string> VariablesFor(Uri endpoint) => new()
    {
        ["AWS_ENDPOINT_URL_S3"] = endpoint.AbsoluteUri,
        ["AWS_ACCESS_KEY_ID"] = RadosGateway.AccessKey,
        ["AWS_SECRET_ACCESS_KEY"] = RadosGateway.SecretKey,
        ["STICKERS_CACHE"] = Path.Combine(_folder.Path, "cache"),
    };
}
