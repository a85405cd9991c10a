using Stickers.Tests.Servers;

namespace Stickers.Storage.Tests.S3;

/// <summary>The tests that share one real server, one after the other, as some of them kill it.</summary>
[CollectionDefinition(Name)]
public sealed class SharedGateway : ICollectionFixture<RadosGateway>
{
    public const string Name = "S3 server";
}
