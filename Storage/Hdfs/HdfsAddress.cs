using System.Globalization;

namespace Stickers.Storage.Hdfs;

/// <summary>
/// A folder of HDFS and the name nodes that know it: <c>hdfs://host:port/folder</c>, or <c>hdfs://first:port,second:port/folder</c> where one stands
/// in for the other. The ports are those of WebHDFS (9870, with TLS 9871), not of Hadoop's own protocol.
/// </summary>
/// <param name="NameNodes">Base addresses, at least one.</param>
/// <param name="Folder">Absolute path without a slash at the end; empty for the root.</param>
/// <param name="Root">As people write it.</param>
internal sealed record HdfsAddress(IReadOnlyList<Uri> NameNodes, string Folder, string Root)
{
    private const string Expected = "expected hdfs://namenode:9870/folder, or hdfs://first:9870,second:9870/folder for two name nodes (swebhdfs:// for TLS)";

    private static readonly (string Scheme, string Http, int Port)[] Schemes = [("hdfs://", "http", 9870), ("webhdfs://", "http", 9870), ("swebhdfs://", "https", 9871)];

    /// <summary>Whether a root is meant to be such an address.</summary>
    internal static bool IsMeantBy(string root) => Schemes.Any(known => root.StartsWith(known.Scheme, StringComparison.Ordinal));

    /// <exception cref="FormatException">The text is no such address.</exception>
    internal static HdfsAddress Parse(string root)
    {
        var (scheme, http, port) = Schemes.Single(known => root.StartsWith(known.Scheme, StringComparison.Ordinal));
        var rest = root[scheme.Length..];
        if (rest.Contains('@')) throw new FormatException("The address names a user; set HADOOP_USER_NAME instead, or STICKERS_HDFS_TOKEN for a delegation token.");
        var slash = rest.IndexOf('/');
        var hosts = (slash < 0 ? rest : rest[..slash]).Split(',');
        var folder = slash < 0 ? "" : rest[(slash + 1)..].Trim('/');
        if (folder.Length > 0 && !StoreKey.IsValid(folder)) throw new FormatException($"The folder of '{root}' cannot be one; {Expected}.");
        return new HdfsAddress(
            [.. hosts.Select(host => NodeOf(host, http, port) ?? throw new FormatException($"'{root}' names no name node; {Expected}."))],
            folder.Length == 0 ? "" : "/" + folder,
            $"{scheme}{string.Join(',', hosts)}{(folder.Length == 0 ? "" : "/" + folder)}");
    }

    /// <summary>The absolute path of a key, or of the folder itself for an empty one.</summary>
    internal string PathOf(string key) => key.Length == 0 ? (Folder.Length == 0 ? "/" : Folder) : $"{Folder}/{key}";

    private static Uri? NodeOf(string host, string scheme, int port) =>
        host.Length > 0
        && Uri.TryCreate(string.Create(CultureInfo.InvariantCulture, $"{scheme}://{host}{(host.LastIndexOf(':') > host.LastIndexOf(']') ? "" : $":{port}")}"), UriKind.Absolute, out var uri)
        && uri.PathAndQuery == "/"
            ? uri
            : null;
}
