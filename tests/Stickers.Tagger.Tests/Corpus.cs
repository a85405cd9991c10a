using System.IO.Compression;
using System.Text.Json;

namespace Stickers.Tagger.Tests;

/// <summary>The labelled corpus that <c>STICKERS_TEST_DATA</c> points to: ZIP archives and catalogue.jsonl.</summary>
internal sealed class Corpus
{
    private Corpus(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>The corpus, or a skipped test that says what to set.</summary>
    public static Corpus Require()
    {
        var folder = Environment.GetEnvironmentVariable("STICKERS_TEST_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "Set STICKERS_TEST_DATA to the folder of the labelled sticker corpus (catalogue.jsonl and its ZIP files).");
        Assert.True(File.Exists(Path.Combine(folder!, "catalogue.jsonl")), $"STICKERS_TEST_DATA is {folder}, but there is no catalogue.jsonl in it.");
        return new Corpus(folder!);
    }

    /// <summary>Every image with its English tags and the sides it is on.</summary>
    public IEnumerable<(byte[] Image, string[] Tags, string ByCreator, string ByConcept)> Read()
    {
        var archives = new Dictionary<string, ZipArchive>();
        try
        {
            foreach (var line in File.ReadLines(Path.Combine(Folder, "catalogue.jsonl")))
            {
                using var json = JsonDocument.Parse(line);
                var row = json.RootElement;
                var name = row.GetProperty("archive").GetString()!;
                if (!archives.TryGetValue(name, out var archive))
                    archives[name] = archive = ZipFile.OpenRead(Path.Combine(Folder, name));
                using var stream = archive.GetEntry(row.GetProperty("file").GetString()!)!.Open();
                using var image = new MemoryStream();
                stream.CopyTo(image);
                string[] tags = row.GetProperty("tags").TryGetProperty("en", out var english) ? [.. english.EnumerateArray().Select(tag => tag.GetString()!)] : [];
                yield return (image.ToArray(), tags, row.GetProperty("split_creator").GetString()!, row.GetProperty("split_concept").GetString()!);
            }
        }
        finally
        {
            foreach (var archive in archives.Values)
                archive.Dispose();
        }
    }
}
