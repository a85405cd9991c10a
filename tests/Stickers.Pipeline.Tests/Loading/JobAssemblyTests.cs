using Stickers.Pipeline.Loading;
using Stickers.Samples;

namespace Stickers.Pipeline.Tests.Loading;

public sealed class JobAssemblyTests
{
    private static readonly string Samples = typeof(WordCount).Assembly.Location;

    [Theory]
    [InlineData("word-count")]
    [InlineData("WordCount")]
    public void Load_ByName_SetsTheJobsOptions(string name)
    {
        var job = JobAssembly.Load(Samples, name, ["--input", "books/"]);
        Assert.Equal("word-count", job.Name);
        Assert.Equal("books/", Assert.Contains("Input", job.Inputs));
    }

    [Fact]
    public void Apply_OfEveryKind_SetsTheValue()
    {
        var job = new StickerColours();
        JobSettings.Apply(job, ["--side=32", "--catalogue", "clipart"]);
        Assert.Equal((32, "clipart"), (job.Side, job.Catalogue));
    }

    [Theory]
    [InlineData(null, new string[0], "several jobs (sticker-colours, word-count): choose one with --job")]
    [InlineData("nothing", new string[0], "no job 'nothing', but sticker-colours, word-count")]
    [InlineData("sticker-colours", new[] { "--sidee", "3" }, "no option '--sidee'; it has --catalogue, --side")]
    [InlineData("sticker-colours", new[] { "--side", "three" }, "'three' is not what was expected, Int32")]
    [InlineData("sticker-colours", new[] { "--side" }, "needs a value")]
    public void Load_OfWhatIsNotThere_SaysWhatIs(string? name, string[] words, string message) =>
        Assert.Contains(message, Assert.Throws<JobLoadException>(() => JobAssembly.Load(Samples, name, words)).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_OfNoAssembly_SaysSo()
    {
        Assert.Contains("There is no file", Assert.Throws<JobLoadException>(() => JobAssembly.Load("nowhere.dll", null, [])).Message, StringComparison.Ordinal);
        var text = Path.Combine(AppContext.BaseDirectory, "no-assembly.txt");
        File.WriteAllText(text, "text");
        Assert.Contains("is no .NET assembly", Assert.Throws<JobLoadException>(() => JobAssembly.Load(text, null, [])).Message, StringComparison.Ordinal);
        Assert.Contains("has no job", Assert.Throws<JobLoadException>(() => JobAssembly.Load(typeof(FactAttribute).Assembly.Location, null, [])).Message, StringComparison.Ordinal);
    }
}
