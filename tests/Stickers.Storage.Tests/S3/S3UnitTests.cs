using Stickers.Storage.S3;

namespace Stickers.Storage.Tests.S3;

public sealed class S3UnitTests
{
    [Theory]
    [InlineData(1, 8)]
    [InlineData(1000, 8)]
    [InlineData(1001, 16)]
    [InlineData(3001, 64)]
    [InlineData(4001, 128)]
    [InlineData(10_000, 128)]
    public void PartBytes_ByNumber_GrowsSoThatTenThousandHoldMuch(int number, int megabytes) => Assert.Equal(megabytes << 20, S3Writer.PartBytes(number));

    [Fact]
    public void PartBytes_OfTenThousandParts_HoldMoreThanHalfATerabyte() =>
        Assert.InRange(Enumerable.Range(1, 10_000).Sum(number => (long)S3Writer.PartBytes(number)), 1L << 39, 5L << 40);

    [Theory]
    [InlineData("s3://bucket", "bucket", "", "s3://bucket")]
    [InlineData("s3://bucket/", "bucket", "", "s3://bucket")]
    [InlineData("s3://my.bucket-1/a/b/", "my.bucket-1", "a/b/", "s3://my.bucket-1/a/b")]
    public void Parse_Address_HasBucketAndPrefix(string root, string bucket, string prefix, string shown)
    {
        var address = S3Address.Parse(root);
        Assert.Equal((bucket, prefix, shown), (address.Bucket, address.Prefix, address.Root));
        Assert.Null(ObjectStore.FaultOf(root));
    }

    [Theory]
    [InlineData("s3://")]
    [InlineData("s3://ab")]
    [InlineData("s3://key:secret@bucket/prefix")]
    [InlineData("s3://bucket//b")]
    [InlineData("s3://bucket/../b")]
    public void Parse_NoAddress_IsAFault(string root)
    {
        var fault = ObjectStore.FaultOf(root);
        Assert.NotNull(fault);
        Assert.DoesNotContain("secret", fault, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ObjectStore.Open(root));
    }

    [Theory]
    [InlineData(1, 0.5, 100)]
    [InlineData(2, 0.5, 200)]
    [InlineData(1, 0, 0)]
    [InlineData(3, 1, 800)]
    [InlineData(50, 0.5, 5000)]
    public void DelayAfter_Attempt_DoublesWithinItsLimit(int attempt, double random, double milliseconds) =>
        Assert.Equal(milliseconds, new RetryOptions().DelayAfter(attempt, random).TotalMilliseconds);
}
