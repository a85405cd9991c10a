namespace Stickers.Storage.S3;

/// <summary>A place in a bucket: <c>s3://bucket/prefix</c>.</summary>
/// <param name="Bucket">The bucket's name.</param>
/// <param name="Prefix">What stands before every key: empty, or ending in '/'.</param>
internal sealed record S3Address(string Bucket, string Prefix)
{
    internal const string Scheme = "s3://";

    // With the longest key of ours, S3's 1,024 bytes.
    private const int MaxPrefixBytes = 120;

    /// <summary>As people write it.</summary>
    internal string Root => $"{Scheme}{Bucket}{(Prefix.Length == 0 ? "" : "/" + Prefix[..^1])}";

    /// <exception cref="FormatException">The text is no such address.</exception>
    internal static S3Address Parse(string root)
    {
        var rest = root[Scheme.Length..];
        var slash = rest.IndexOf('/');
        var bucket = slash < 0 ? rest : rest[..slash];
        var prefix = slash < 0 ? "" : rest[(slash + 1)..].TrimEnd('/');
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, and what older buckets may have.
        if (bucket.Length is < 3 or > 63 || !bucket.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
            throw new FormatException($"{(root.Contains('@') ? "The address" : $"'{root}'")} names no bucket; expected s3://bucket or s3://bucket/prefix, where the bucket has 3 to 63 of a-z, 0-9, '.', '-'. (Credentials and endpoint come from the environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL_S3.)");
        if (prefix.Length > 0 && !StoreKey.IsValid(prefix))
            throw new FormatException($"The prefix of '{root}' is no key; expected segments such as s3://{bucket}/stickers/live.");
        if (System.Text.Encoding.UTF8.GetByteCount(prefix) >= MaxPrefixBytes)
            throw new FormatException($"The prefix of '{root}' has {MaxPrefixBytes} bytes or more; keys would become too long for S3.");
        return new S3Address(bucket, prefix.Length == 0 ? "" : prefix + "/");
    }

    /// <summary>The key in the bucket.</summary>
    internal string Inside(string key) => Prefix + key;
}
