using System.Net;
using Amazon.Runtime;
using Amazon.S3;

namespace Stickers.Storage.S3;

/// <summary>What a server's or the SDK's faults mean.</summary>
internal static class S3Fault
{
    internal static bool IsMissing(AmazonS3Exception fault) => fault.StatusCode == HttpStatusCode.NotFound && fault.ErrorCode != "NoSuchBucket";

    internal static bool IsRefusedCondition(AmazonS3Exception fault) => fault.StatusCode == HttpStatusCode.PreconditionFailed;

    internal static bool IsBehindTheEnd(AmazonS3Exception fault) => fault.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable;

    /// <summary>What the caller should see.</summary>
    internal static Exception Explain(S3Address address, string key, Exception fault) => fault switch
    {
        StoreException or FileNotFoundException or OperationCanceledException => fault,
        AmazonS3Exception answer when (int)answer.StatusCode != 0 => Explain(address, key, answer),
        AmazonServiceException or HttpRequestException or IOException => Unreachable(address, key, fault),
        AmazonClientException => new StoreException(address.Root, key, $"the request could not be made: {fault.Message} Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_REGION or AWS_ENDPOINT_URL_S3.", isTransient: false, fault),
        _ => fault,
    };

    private static StoreException Explain(S3Address address, string key, AmazonS3Exception answer)
    {
        var said = $"the server answered {(int)answer.StatusCode} {answer.ErrorCode}";
        return answer.StatusCode switch
        {
            HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized => Lasting("Check the access key, the secret and the rights that they have on the bucket."),
            HttpStatusCode.NotFound when answer.ErrorCode == "NoSuchBucket" => Lasting($"Make the bucket '{address.Bucket}' first, or check its name."),
            HttpStatusCode.Conflict or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError => new StoreException(address.Root, key, $"{said}.", isTransient: true, answer),
            _ => Lasting(answer.Message),
        };

        StoreException Lasting(string hint) => new(address.Root, key, $"{said}. {hint}", isTransient: false, answer);
    }

    private static StoreException Unreachable(S3Address address, string key, Exception fault)
    {
        var cause = fault;
        while (cause.InnerException is not null) cause = cause.InnerException;
        return new StoreException(address.Root, key, $"the server cannot be reached or broke off ({cause.Message.TrimEnd('.')}).", isTransient: true, fault);
    }
}
