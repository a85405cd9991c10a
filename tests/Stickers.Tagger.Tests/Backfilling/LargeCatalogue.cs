using Stickers.Catalogue;

namespace Stickers.Tagger.Tests.Backfilling;

/// <summary>A catalogue of two parts, some of whose images are broken and some of whose stickers are labelled, and a model.</summary>
public sealed class LargeCatalogue : IAsyncLifetime
{
    public const int Stickers = 4300;
    public const int InFirstPart = 4096;

    private readonly TestStore _store = new();

    /// <summary>Numbers of the stickers whose image does not decode: one in each part.</summary>
    public static readonly int[] Broken = [77, 4200];

    /// <summary>Every third is labelled, half of those with a tag that no model knows.</summary>
    public static string[] TagsOf(int number) => number % 3 != 0 ? [] : number % 2 == 0 ? ["Red"] : ["unheard of"];

    internal TestStore Copy() => _store.Copy();

    public async ValueTask InitializeAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var manifest = await _store.AddCatalogueAsync(Draw(Stickers), cancellation);
        Assert.Equal([InFirstPart, Stickers - InFirstPart], manifest.PartCounts);
        await _store.AddModelAsync(cancellation);
    }

    /// <summary>The first stickers of an endless row of them.</summary>
    public static IEnumerable<Sticker> Draw(int count)
    {
        var drawings = Enumerable.Range(0, 40).Select(number => TestStore.Draw(number).Image).ToArray();
        return Enumerable.Range(0, count).Select(number =>
        {
            var image = drawings[number % drawings.Length];
            var key = $"pack/{number}";
            return TestStore.Draw(0) with
            {
                Id = StickerId.FromKey(key),
                Key = key,
                Tags = TagsOf(number),
                Image = Broken.Contains(number) ? image[..(image.Length / 2)] : image,
            };
        });
    }

    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        return ValueTask.CompletedTask;
    }
}
