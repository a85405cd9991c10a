using System.Text.Json;
using System.Text.Json.Nodes;

namespace Stickers.Notebooks.Tests;

public sealed class NotebookTests(SmallWorld world) : IClassFixture<SmallWorld>
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "notebooks");

    private static readonly string[] Names = ["embedding-space", "explore-catalogue", "index-trade-offs", "train-and-compare"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> All => [.. Names];

    [Fact]
    public void Folder_HoldsTheseNotebooks() => Assert.Equal(Names, Directory.EnumerateFiles(Folder, "*.ipynb").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(All))]
    public async Task Execute_OnSmallData_EveryCellRunsAndShowsWhatItShould(string name)
    {
        foreach (var (variable, value) in new[] { ("ROOT", world.Root), ("CATALOGUE", SmallWorld.Catalogue), ("MODEL", SmallWorld.Model), ("STEPS", "2"), ("SUPPORT", "10"), ("VECTORS", "2000") })
            Environment.SetEnvironmentVariable($"STICKERS_{variable}", value);
        var notebook = Notebook.Read(Path.Combine(Folder, $"{name}.ipynb"));
        var shown = notebook.CodeCells.Select(KindsOf).ToList();

        var failed = await NotebookRun.ExecuteAsync(notebook, _ => { }, Cancellation);

        Assert.True(failed is null, $"cell {failed?.Cell}: {failed?.Message}");
        // The same cells show a plot, a table or text on this data as on the data whose results are in the repository.
        Assert.Equal(shown, notebook.CodeCells.Select(KindsOf));
    }

    /// <summary>What people read on the web is what the cells put out when they were last run, without a failure and without anyone's paths.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void Committed_HasItsResults(string name)
    {
        var notebook = Notebook.Read(Path.Combine(Folder, $"{name}.ipynb"));
        Assert.Equal(Enumerable.Range(1, notebook.CodeCells.Count), notebook.CodeCells.Select(cell => (int)cell["execution_count"]!));
        var kinds = notebook.CodeCells.SelectMany(KindsOf).ToList();
        Assert.DoesNotContain("error", kinds);
        Assert.Contains("image/svg+xml", kinds);
        Assert.Contains("text/html", kinds);
        Assert.InRange(new FileInfo(Path.Combine(Folder, $"{name}.ipynb")).Length, 1000, 1_200_000);
    }

    [Fact]
    public async Task Execute_CellThatThrows_IsInTheNotebookAndStopsIt()
    {
        var notebook = await RunAsync("var x = 41;\nConsole.WriteLine($\"x is {x}\");", "x + 1", "if (x > 0) throw new InvalidOperationException(\"on purpose\");", "x + 2");

        Assert.Equal("x is 41\n", Text(notebook.CodeCells[0]["outputs"]![0]!["text"]!));
        Assert.Equal("42", Text(notebook.CodeCells[1]["outputs"]![0]!["data"]!["text/plain"]!));
        Assert.Equal(("error", "on purpose"), ((string?)notebook.CodeCells[2]["outputs"]![0]!["output_type"], (string?)notebook.CodeCells[2]["outputs"]![0]!["evalue"]));
        Assert.Empty(notebook.CodeCells[3]["outputs"]!.AsArray());
    }

    [Fact]
    public async Task Execute_CellThatDoesNotCompile_SaysWhatTheCompilerSays()
    {
        var notebook = await RunAsync("int x = \"text\";");
        Assert.Contains("CS0029", (string?)notebook.CodeCells[0]["outputs"]![0]!["evalue"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{\"nbformat\": 3, \"cells\": []}")]
    [InlineData("{")]
    public void Read_NoNotebook_IsRefused(string text)
    {
        var path = Path.Combine(world.Root, "wrong.ipynb");
        File.WriteAllText(path, text);
        Assert.Throws<InvalidDataException>(() => Notebook.Read(path));
    }

    private async Task<Notebook> RunAsync(params string[] cells)
    {
        var path = Path.Combine(world.Root, $"{Guid.NewGuid()}.ipynb");
        File.WriteAllText(path, JsonSerializer.Serialize(new { nbformat = 4, nbformat_minor = 5, metadata = new { }, cells = cells.Select(source => new { cell_type = "code", metadata = new { }, source }) }));
        var notebook = Notebook.Read(path);
        await NotebookRun.ExecuteAsync(notebook, _ => { }, Cancellation);
        notebook.Write(path);
        return Notebook.Read(path);
    }

    private static string[] KindsOf(JsonObject cell) =>
        [.. cell["outputs"]!.AsArray().SelectMany(output => output!["data"] is JsonObject data ? data.Select(pair => pair.Key) : [(string)output["output_type"]!])];

    private static string Text(JsonNode lines) => string.Concat(lines.AsArray().Select(line => (string?)line));
}
