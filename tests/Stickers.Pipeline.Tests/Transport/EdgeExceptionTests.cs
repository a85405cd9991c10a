using Stickers.Pipeline.Transport;

namespace Stickers.Pipeline.Tests.Transport;

public sealed class EdgeExceptionTests
{
    [Fact]
    public void EdgeException_OfAPeer_NamesIt()
    {
        var fault = new EdgeException(EdgeFault.PeerLost, "receiver 2 of edge 'main'", "receiver 2 of edge 'main' was silent for 30 s.");
        Assert.Equal("receiver 2 of edge 'main'", fault.Peer);
        Assert.Equal(EdgeFault.PeerLost, fault.Fault);
    }
}
