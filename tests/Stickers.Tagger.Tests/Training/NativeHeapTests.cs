using Stickers.Tagger.Training;

namespace Stickers.Tagger.Tests.Training;

public sealed class NativeHeapTests
{
    [Fact]
    public void KeepFreed_TheSystemsLibrary_Obeys() => Assert.True(NativeHeap.KeepFreed());
}
