using System.Text.Json;
using Stickers.Catalogue.Images;

namespace Stickers.Catalogue.Tests.Images.Hostile;

/// <summary>Every file of <c>tests/hostile</c> is imported or refused as <c>expected.json</c> says, and soon.</summary>
public sealed class HostileFilesTests
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Far above what any file needs; a hang must fail this test and not stop all others.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    internal sealed record Expectation(string File, string Expected, string Why);

    internal static string Folder
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "Stickers.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("no Stickers.sln above the tests");
            return Path.Combine(folder, "tests", "hostile");
        }
    }

    internal static Expectation[] Expectations() => JsonSerializer.Deserialize<Expectation[]>(File.ReadAllText(Path.Combine(Folder, "expected.json")), Json)!;

    public static TheoryData<string, string> All
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var e in Expectations()) data.Add(e.File, e.Expected);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Decode_HostileFile_EndsAsExpected(string file, string expected)
    {
        var bytes = await File.ReadAllBytesAsync(Path.Combine(Folder, file), TestContext.Current.CancellationToken);

        var one = Task.Run(() => Outcome(() => ImageDecoder.Decode(bytes, 160)), TestContext.Current.CancellationToken);
        Assert.Equal(expected, await one.WaitAsync(Patience, TestContext.Current.CancellationToken));

        // Later frames may be broken where the first is good, but nothing else may happen.
        var several = Task.Run(() => Outcome(() => ImageDecoder.DecodeFrames(bytes, 160, 4)), TestContext.Current.CancellationToken);
        var frames = await several.WaitAsync(Patience, TestContext.Current.CancellationToken);
        if (expected != HostileFile.Imported) Assert.Equal(expected, frames);
    }

    [Fact]
    public void Folder_Files_AreThoseOfTheGenerator()
    {
        var made = HostileCorpus.Build();

        Assert.Equal(made.Select(f => new Expectation(f.Name, f.Expected, f.Why)), Expectations());
        Assert.Equal(made.Select(f => f.Name).Append("expected.json").Append("README.md").Order(StringComparer.Ordinal), Directory.GetFiles(Folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        Assert.True(made.Count >= 100, $"only {made.Count} files");
        Assert.InRange(Directory.GetFiles(Folder).Sum(f => new FileInfo(f).Length), 1, 2_000_000);
    }

    /// <summary>Run it with <c>-explicit only -method "*Write_AllFiles*"</c>.</summary>
    [Fact(Explicit = true)]
    public void Write_AllFiles_ReplacesTheFolder()
    {
        var made = HostileCorpus.Build();
        foreach (var old in Directory.GetFiles(Folder).Where(f => Path.GetFileName(f) != "README.md")) File.Delete(old);
        foreach (var file in made) File.WriteAllBytes(Path.Combine(Folder, file.Name), file.Bytes);
        File.WriteAllText(Path.Combine(Folder, "expected.json"), JsonSerializer.Serialize(made.Select(f => new Expectation(f.Name, f.Expected, f.Why)), Json) + "\n");
    }

    internal static string Outcome(Action decode) => Pixels.FaultOf(decode)?.ToString() ?? HostileFile.Imported;
}
