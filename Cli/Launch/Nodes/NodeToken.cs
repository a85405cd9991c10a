using System.Security.Cryptography;
using System.Text;

namespace Stickers.Cli.Launch.Nodes;

/// <summary>
/// The secret that the nodes of one job share. A node runs what its leader says, so each proves to the other that it knows the secret, which itself never
/// travels.
/// </summary>
internal sealed class NodeToken
{
    /// <summary>Environment variable that holds it.</summary>
    public const string Variable = "STICKERS_NODE_TOKEN";

    private const int MinLength = 32;
    private readonly byte[] _key;

    public NodeToken(string secret) => _key = Encoding.UTF8.GetBytes(secret);

    /// <exception cref="UsageException">The variable is not set, or short.</exception>
    public static NodeToken FromEnvironment() => Environment.GetEnvironmentVariable(Variable) is { Length: >= MinLength } secret
        ? new NodeToken(secret)
        : throw new UsageException($"{Variable} must hold the job's secret, {MinLength} characters or more.");

    public static string NewChallenge() => RandomNumberGenerator.GetHexString(32);

    /// <summary>What a node answers to its leader's challenge.</summary>
    public string NodeProof(string challenge, string node) => Proof("node", challenge, node);

    /// <summary>What the leader answers to a node's challenge.</summary>
    public string LeadProof(string challenge, string node) => Proof("lead", challenge, node);

    public static bool Same(string one, string other) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));

    private string Proof(params string[] parts) => Convert.ToHexString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(string.Join('\n', parts))));
}
