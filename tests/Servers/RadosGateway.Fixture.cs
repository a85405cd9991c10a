namespace Stickers.Tests.Servers;

/// <summary>Started for a collection of tests and ended with them.</summary>
public sealed partial class RadosGateway : IAsyncLifetime
{
    /// <summary>Ends the test where the server cannot be had: skipped on a developer's machine, failed in continuous integration.</summary>
    public static void Demand()
    {
        if (Missing.Count == 0) return;
        var reason = $"These tests need a real S3 server, and {string.Join(", ", Missing)} is not installed: {Remedy}";
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(reason);
        Assert.Skip(reason);
    }
}
