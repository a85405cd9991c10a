using Stickers.Catalogue.Images;

namespace Stickers.Catalogue.Tests.Images.Hostile;

/// <summary>Runs when no other test does: the memory of decoders is only seen in the whole process.</summary>
[Collection(nameof(HostileMemoryTests))]
[CollectionDefinition(nameof(HostileMemoryTests), DisableParallelization = true)]
public sealed class HostileMemoryTests
{
    /// <summary>A picture of the most pixels allowed takes 64 MiB; a decoder may need it several times over.</summary>
    private const long Most = 768L << 20;

    [Fact]
    public void Decode_AllHostileFiles_StaysWithinMemory()
    {
        GC.Collect();
        var before = Environment.WorkingSet;
        foreach (var file in HostileFilesTests.Expectations().Select(e => e.File))
        {
            var bytes = File.ReadAllBytes(Path.Combine(HostileFilesTests.Folder, file));

            HostileFilesTests.Outcome(() => ImageDecoder.DecodeFrames(bytes, 64, 8));

            var grown = Environment.WorkingSet - before;
            Assert.True(grown < Most, $"{file}: the process has grown by {grown >> 20} MiB, allowed are {Most >> 20}");
        }
    }
}
