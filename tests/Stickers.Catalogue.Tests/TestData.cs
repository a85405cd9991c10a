namespace Stickers.Catalogue.Tests;

/// <summary>Real input: the corpus that <c>STICKERS_TEST_DATA</c> names, and Debian's openclipart-svg where installed.</summary>
internal static class TestData
{
    private static readonly string? Corpus = Environment.GetEnvironmentVariable("STICKERS_TEST_DATA");

    public const string ClipArt = "/usr/share/openclipart/svg";

    /// <summary>Folder of the corpus; skips the test, saying so, where there is none.</summary>
    public static string CorpusFolder()
    {
        Assert.SkipUnless(Corpus is not null && File.Exists(Path.Combine(Corpus, "catalogue.jsonl")), $"Needs the corpus: set STICKERS_TEST_DATA to the folder with catalogue.jsonl (it is '{Corpus}').");
        return Corpus!;
    }

    public static string ClipArtFolder()
    {
        Assert.SkipUnless(Directory.Exists(ClipArt), $"Needs Debian's openclipart-svg in {ClipArt}: apt-get install openclipart-svg.");
        return ClipArt;
    }
}
