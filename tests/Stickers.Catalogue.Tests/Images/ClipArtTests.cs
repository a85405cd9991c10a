using System.Collections.Concurrent;
using Stickers.Catalogue.Images;

namespace Stickers.Catalogue.Tests.Images;

/// <summary>Real drawings by hundreds of people and programs.</summary>
public sealed class ClipArtTests
{
    private static string[] Drawings() =>
        [.. Directory.EnumerateFiles(TestData.ClipArtFolder(), "*.svg", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    [Fact]
    public void Decode_EveryFortiethDrawing_HasItsInkAtTheSizeAsked()
    {
        var drawings = Drawings().Where((_, i) => i % 40 == 0).ToArray();
        var faults = new ConcurrentBag<(ImageFault Fault, string File)>();

        Parallel.ForEach(drawings, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = TestContext.Current.CancellationToken }, file =>
        {
            try
            {
                var image = ImageDecoder.Decode(File.ReadAllBytes(file), 96);
                Assert.Equal(96, Math.Max(image.Width, image.Height));
            }
            catch (ImageException refused)
            {
                faults.Add((refused.Fault, file));
            }
        });

        // The gradients among them are definitions that nothing draws. One drawing is refused that would take a third of a second: a
        // pattern of a hundred gradients, painted fifteen times, where the estimate must assume that each covers the page.
        Assert.All(faults, f => Assert.True(
            (f.Fault == ImageFault.Blank && f.File.Contains("gradients", StringComparison.Ordinal)) || (f.Fault == ImageFault.TooComplex && f.File.Contains("orange_slice", StringComparison.Ordinal)),
            $"{f.Fault}: {f.File}"));
    }

    [Fact]
    public void Decode_DrawingsWithEntities_AllImport()
    {
        var drawings = Drawings().Where(f => File.ReadAllText(f).Contains("<!ENTITY", StringComparison.Ordinal)).ToArray();

        Assert.InRange(drawings.Length, 10, 1000);
        foreach (var file in drawings) ImageDecoder.Decode(File.ReadAllBytes(file), 64);
    }
}
