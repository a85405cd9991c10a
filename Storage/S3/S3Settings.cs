using Amazon.Runtime;
using Amazon.S3;

namespace Stickers.Storage.S3;

/// <summary>How a server is reached. Not a record: its text would show what is in it.</summary>
internal sealed class S3Settings
{
    private const string FallbackRegion = "us-east-1";

    /// <summary>Another server than Amazon's, reached by paths (<c>http://host/bucket/key</c>); null for Amazon's.</summary>
    internal Uri? Endpoint { get; init; }

    /// <summary>Region to sign for; null for what the SDK finds in its own files.</summary>
    internal string? Region { get; init; }

    /// <summary>Null for what the SDK finds in the environment, its files, or from the machine itself.</summary>
    internal AWSCredentials? Credentials { get; init; }

    /// <summary>The variables that every S3 tool knows.</summary>
    /// <exception cref="ArgumentException">The endpoint is no http or https address.</exception>
    internal static S3Settings FromEnvironment()
    {
        var endpoint = Variable("AWS_ENDPOINT_URL_S3") ?? Variable("AWS_ENDPOINT_URL");
        if (endpoint is not null && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0))
            throw new ArgumentException("AWS_ENDPOINT_URL_S3 (or AWS_ENDPOINT_URL) is no address such as http://host:9000.");
        return new S3Settings
        {
            Endpoint = endpoint is null ? null : new Uri(endpoint),
            Region = Variable("AWS_REGION") ?? Variable("AWS_DEFAULT_REGION"),
        };
    }

    internal AmazonS3Client Connect()
    {
        // The checksums of SDK 4 travel as trailers of chunked bodies, which servers other than Amazon's refuse or even store as content.
        var config = new AmazonS3Config
        {
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            // Retries are ours: bounded by time, and they know whether an attempt may have succeeded unseen.
            MaxErrorRetry = 0,
            // Attempts' time is kept beside the retries; a second clock here would end some attempts as faults that are no store's.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (Endpoint is not null)
        {
            config.ServiceURL = Endpoint.AbsoluteUri;
            config.ForcePathStyle = true;
            config.AuthenticationRegion = Region ?? FallbackRegion;
        }
        else if (Region is not null)
        {
            config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(Region);
        }

        return Credentials is null ? new AmazonS3Client(config) : new AmazonS3Client(Credentials, config);
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
