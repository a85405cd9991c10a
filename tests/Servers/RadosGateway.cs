using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Stickers.Tests.Servers;

/// <summary>A real S3 server: Ceph's gateway from Debian, for as long as this lives. Benchmarks use it as tests do.</summary>
public sealed partial class RadosGateway : IAsyncDisposable
{
    public const string AccessKey = "stickers";
    public const string SecretKey = "stickers-secret";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly string[] Programs = ["radosgw", "ceph-mon", "ceph-osd"];

    private readonly string _folder = Directory.CreateTempSubdirectory("stickers-radosgw-").FullName;
    private Process? _server;

    public Uri Endpoint { get; private set; } = null!;

    /// <summary>Address that the gateway listens on; with 0.0.0.0 machines of a network of the tests reach it too.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>Programs that it needs and this machine lacks.</summary>
    public static IReadOnlyList<string> Missing => [.. Programs.Where(program => !IsInstalled(program))];

    /// <summary>How to get them.</summary>
    public static string Remedy => $"apt-get install --no-install-recommends {string.Join(' ', Programs)}";

    /// <summary>Starts it, where it is installed.</summary>
    public async ValueTask InitializeAsync()
    {
        if (Missing.Count > 0) return;
        var port = FreePortBeforeAnother();
        Endpoint = new Uri($"http://127.0.0.1:{port}");
        _server = Process.Start(new ProcessStartInfo("bash", [Script(), _folder, $"{port}", Address]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await ExpectAsync("ready");
    }

    public async Task CreateBucketAsync(string bucket, CancellationToken cancellation)
    {
        using var client = Connect();
        await client.PutBucketAsync(bucket, cancellation);
    }

    /// <summary>Puts the files of a folder there.</summary>
    public async Task UploadAsync(string bucket, string prefix, string folder, CancellationToken cancellation)
    {
        using var client = Connect();
        foreach (var file in Directory.GetFiles(folder))
            await client.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = prefix + Path.GetFileName(file), FilePath = file, UseChunkEncoding = false }, cancellation);
    }

    /// <summary>SHA-256 of every object below a prefix, by what follows the prefix.</summary>
    public async Task<SortedDictionary<string, string>> HashesAsync(string bucket, string prefix, CancellationToken cancellation)
    {
        using var client = Connect();
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await foreach (var found in client.Paginators.ListObjectsV2(new ListObjectsV2Request { BucketName = bucket, Prefix = prefix }).S3Objects.WithCancellation(cancellation))
        {
            using var content = await client.GetObjectAsync(bucket, found.Key, cancellation);
            hashes.Add(found.Key[prefix.Length..], Convert.ToHexStringLower(await SHA256.HashDataAsync(content.ResponseStream, cancellation)));
        }

        return hashes;
    }

    /// <summary>Ends the gateway as a crash does.</summary>
    public Task KillAsync() => CommandAsync("kill", "killed");

    /// <summary>Starts it again, over the same objects.</summary>
    public Task StartAsync() => CommandAsync("start", "ready");

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            _server.StandardInput.Close();
            await _server.WaitForExitAsync().WaitAsync(Patience);
            _server.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The SDK's own client.</summary>
    public AmazonS3Client Connect() => new(
        new BasicAWSCredentials(AccessKey, SecretKey),
        new AmazonS3Config
        {
            ServiceURL = Endpoint.AbsoluteUri,
            ForcePathStyle = true,
            AuthenticationRegion = "us-east-1",
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        });

    private async Task CommandAsync(string command, string answer)
    {
        await _server!.StandardInput.WriteLineAsync(command);
        await _server.StandardInput.FlushAsync();
        await ExpectAsync(answer);
    }

    private async Task ExpectAsync(string answer)
    {
        var line = await _server!.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        if (line == answer) return;
        var logs = Directory.GetFiles(Path.Combine(_folder, "log"), "*.out").Select(file => $"{Path.GetFileName(file)}: {File.ReadAllText(file)}");
        throw new InvalidOperationException($"The S3 server said '{line}', expected '{answer}'. Its logs: {string.Join('\n', logs)}");
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/bin").Any(folder => File.Exists(Path.Combine(folder, program)));

    private static string Script([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "radosgw.sh");

    /// <summary>
    /// Below those that Linux gives to outgoing connections (from 32768 on, net.ipv4.ip_local_port_range): the gateway listens a dozen seconds after its port has been chosen, and any connection of
    /// the machine might have got it by then.
    /// </summary>
    private static int FreePortBeforeAnother()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            if (IsFree(port) && IsFree(port + 1)) return port;
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
