using Stickers.Catalogue;
using Stickers.Catalogue.Images;

namespace Stickers.Tagger.Evaluating.Report;

/// <summary>A picture with the tag that it is an example of.</summary>
/// <param name="Row">Its row in the evaluation's data.</param>
/// <param name="Tag">The tag.</param>
/// <param name="Score">The network's score of the tag.</param>
/// <param name="Labels">The creator's vocabulary tags.</param>
internal sealed record TagExample(int Row, string Tag, float Score, IReadOnlyList<string> Labels);

/// <summary>What a person should see: where the network was right, wrong and blind, and what it thinks is near.</summary>
internal sealed record Examples
{
    private const int PictureSide = 72;

    /// <summary>Labels that got the highest scores.</summary>
    public required IReadOnlyList<TagExample> Right { get; init; }

    /// <summary>The highest scores of tags that the creator did not give: errors, or labels that are missing.</summary>
    public required IReadOnlyList<TagExample> Wrong { get; init; }

    /// <summary>Labels that got the lowest scores.</summary>
    public required IReadOnlyList<TagExample> Missed { get; init; }

    /// <summary>Nearest stickers of some measured ones.</summary>
    public required IReadOnlyList<(string Space, int Query, IReadOnlyList<int> Found)> Neighbours { get; init; }

    /// <summary>PNG of every row that occurs above.</summary>
    public required IReadOnlyDictionary<int, byte[]> Pictures { get; init; }

    /// <summary>Chooses the examples and reads their pictures again from the catalogue.</summary>
    public static async Task<Examples> ChooseAsync(EvaluationData data, TaggingMeasure tagging, StickerCatalogue catalogue, IReadOnlyList<string> vocabulary, CancellationToken cancellation)
    {
        var labelled = new List<(int Sticker, int Tag, float Score)>();
        var others = new List<(int Sticker, int Tag, float Score)>();
        var truth = tagging.Truth;
        for (var sticker = 0; sticker < truth.Stickers; sticker++)
        {
            var best = -1;
            for (var tag = 0; tag < truth.Tags; tag++)
            {
                var score = tagging.Scores[sticker * truth.Tags + tag];
                if (truth[sticker, tag])
                    labelled.Add((sticker, tag, score));
                else if (best < 0 || score > tagging.Scores[sticker * truth.Tags + best])
                    best = tag;
            }
            if (best >= 0)
                others.Add((sticker, best, tagging.Scores[sticker * truth.Tags + best]));
        }

        // One example a tag and a sticker, or the easiest tag would fill the page.
        IReadOnlyList<TagExample> Pick(IEnumerable<(int Sticker, int Tag, float Score)> sorted)
        {
            var stickers = new HashSet<int>();
            var tags = new HashSet<int>();
            var picked = new List<TagExample>();
            foreach (var (sticker, tag, score) in sorted)
            {
                if (picked.Count == 18)
                    break;
                if (stickers.Contains(sticker) || !tags.Add(tag))
                    continue;
                stickers.Add(sticker);
                var row = data.Measured[sticker];
                picked.Add(new TagExample(row, vocabulary[tag], score, [.. data.Labels[row].Select(label => vocabulary[label])]));
            }
            return picked;
        }

        var right = Pick(labelled.OrderByDescending(pair => pair.Score).ThenBy(pair => pair.Sticker));
        var wrong = Pick(others.OrderByDescending(pair => pair.Score).ThenBy(pair => pair.Sticker));
        var missed = Pick(labelled.OrderBy(pair => pair.Score).ThenBy(pair => pair.Sticker));
        int[] queries = [.. data.Measured.OrderBy(row => data.Stickers[row].Id.Value).Take(12)];
        var neighbours = RetrievalMeasure.Samples(data, queries, 8, cancellation);
        var rows = right.Concat(wrong).Concat(missed).Select(example => example.Row)
            .Concat(neighbours.SelectMany(sample => sample.Found.Append(sample.Query))).ToHashSet();
        return new Examples
        {
            Right = right,
            Wrong = wrong,
            Missed = missed,
            Neighbours = neighbours,
            Pictures = await ReadPicturesAsync(data, catalogue, rows, cancellation),
        };
    }

    private static async Task<Dictionary<int, byte[]>> ReadPicturesAsync(EvaluationData data, StickerCatalogue catalogue, HashSet<int> rows, CancellationToken cancellation)
    {
        var pictures = new Dictionary<int, byte[]>();
        foreach (var part in rows.GroupBy(row => data.Parts[row]).OrderBy(part => part.Key))
        {
            var wanted = part.ToDictionary(row => data.Stickers[row].Id);
            await foreach (var sticker in catalogue.ReadPartAsync(part.Key, images: true, cancellation))
            {
                if (wanted.Remove(sticker.Id, out var row))
                    pictures[row] = ImageDecoder.EncodePng(ImageDecoder.Decode(sticker.Image.Span, PictureSide));
                if (wanted.Count == 0)
                    break;
            }
        }
        return pictures;
    }
}
