using Stickers.Tagger.Network;

namespace Stickers.Tagger.Tests.Network;

public sealed class NativeHeapTests
{
    [Fact]
    public void KeepFreed_TheSystemsLibrary_Obeys() => Assert.True(NativeHeap.KeepFreed());
}
