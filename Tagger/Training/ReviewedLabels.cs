using System.Security.Cryptography;
using System.Text.Json;
using Stickers.Catalogue;

namespace Stickers.Tagger.Training;

/// <summary>What people decided on suggestions, as <c>stickers reviews export</c> writes it: an accepted tag is a label, a rejected one a negative.</summary>
internal sealed class ReviewedLabels
{
    private readonly Dictionary<long, List<(string Tag, bool Accepted)>> _decisions = [];

    private ReviewedLabels(string hash) => Hash = hash;

    /// <summary>SHA-256 of the file.</summary>
    public string Hash { get; }

    /// <summary>Reads a file of lines with <c>sticker</c>, <c>tag</c> and <c>decision</c>; of several on one tag of a sticker the last counts.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A line is no decision; the message says which.</exception>
    public static ReviewedLabels Read(string path)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"There are no reviews at '{path}'. Write them first: stickers reviews export --output FILE.", path);
        var bytes = File.ReadAllBytes(path);
        var labels = new ReviewedLabels(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        var number = 0;
        using var lines = new StreamReader(new MemoryStream(bytes));
        while (lines.ReadLine() is { } line)
        {
            number++;
            if (line.Length > 0) labels.Add(line, $"'{path}', line {number}");
        }

        return labels;
    }

    /// <summary>Tags that people gave the sticker and tags that they refused it, canonical by the vocabulary in force.</summary>
    public (IReadOnlyList<string> Accepted, IReadOnlyList<string> Rejected) Of(StickerId sticker, TagVocabulary vocabulary)
    {
        if (!_decisions.TryGetValue(sticker.Value, out var decisions)) return ([], []);
        return (vocabulary.Normalize(decisions.Where(d => d.Accepted).Select(d => d.Tag)), [.. decisions.Where(d => !d.Accepted).Select(d => vocabulary.Normalize(d.Tag)).OfType<string>().Distinct()]);
    }

    private void Add(string line, string origin)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var (sticker, tag, decision) = (Text("sticker"), Text("tag"), Text("decision"));
            if (!StickerId.TryParse(sticker, out var id) || tag is null || decision is not ("accept" or "reject"))
                throw new InvalidDataException($"{origin}: expected 'sticker' (an id), 'tag' and 'decision' (accept or reject), found {line[..Math.Min(line.Length, 200)]}.");
            if (!_decisions.TryGetValue(id.Value, out var decisions)) _decisions[id.Value] = decisions = [];
            decisions.RemoveAll(other => other.Tag == tag);
            decisions.Add((tag, decision == "accept"));

            string? Text(string name) => document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{origin} is no JSON: {e.Message}", e);
        }
    }
}
