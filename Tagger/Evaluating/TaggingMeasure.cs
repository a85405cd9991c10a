using Stickers.Tagger.Baselines;

namespace Stickers.Tagger.Evaluating;

/// <summary>Tagging quality of the network and the baselines on the measured stickers.</summary>
internal sealed class TaggingMeasure
{
    public const string Network = "network";
    public const string Pixels = "nearest neighbours on 16x16 pixels";
    public const string Frequency = "tag frequency";

    private TaggingMeasure(TagTable truth, float[] scores, float[] pixelScores) => (Truth, Scores, PixelScores) = (truth, scores, pixelScores);

    /// <summary>Creators' labels, measured stickers x tags. A sticker without vocabulary tags is a negative for all.</summary>
    public TagTable Truth { get; }

    /// <summary>The network's scores, measured stickers x tags, row-major.</summary>
    public float[] Scores { get; }

    /// <summary>The pixel neighbours' votes, measured stickers x tags, row-major.</summary>
    public float[] PixelScores { get; }

    public required IReadOnlyList<TaggingScore> Systems { get; init; }
    public required IReadOnlyList<TagScore> Tags { get; init; }
    public required Proportion AcceptedPrecision { get; init; }
    public required Proportion AcceptedRecall { get; init; }

    /// <summary>Measured stickers with at least one accepted suggestion.</summary>
    public required Proportion Coverage { get; init; }

    public static TaggingMeasure Of(EvaluationData data, IReadOnlyList<string> vocabulary, IReadOnlyList<int> support, IReadOnlyList<float> thresholds, int minPositives, CancellationToken cancellation)
    {
        var truth = new TagTable([.. data.Measured.Select(row => data.Labels[row])], vocabulary.Count);
        var scores = new float[truth.Cells.Length];
        var measuredPixels = new VectorTable(data.Pixels.Dimension, data.Measured.Count);
        for (var i = 0; i < data.Measured.Count; i++)
        {
            data.Scores[i].CopyTo(scores.AsSpan(i * vocabulary.Count));
            measuredPixels.Add(data.Pixels[data.Measured[i]]);
        }

        // The baselines know what the network does: training stickers, and on the test side validation's.
        var known = Enumerable.Range(0, data.Stickers.Count).Where(row => data.Sides[row] < data.Sides[data.Measured[0]]).ToArray();
        var knownLabels = known.Select(row => data.Labels[row]).ToArray();
        var knownPixels = new VectorTable(data.Pixels.Dimension, known.Length);
        foreach (var row in known)
            knownPixels.Add(data.Pixels[row]);
        var pixelScores = new PixelNeighbours(knownPixels, knownLabels, vocabulary.Count).Score(measuredPixels, cancellation);
        var frequencyScores = TagFrequency.Score(knownLabels, vocabulary.Count, truth.Stickers);

        var network = TagRanking.Measure(truth, scores, minPositives);
        var pixels = TagRanking.Measure(truth, pixelScores, minPositives);
        var frequency = TagRanking.Measure(truth, frequencyScores, minPositives);
        var tags = new TagScore[vocabulary.Count];
        for (var tag = 0; tag < tags.Length; tag++)
        {
            var (taken, hits) = CountAccepted(truth, scores, tag, thresholds[tag]);
            var positives = truth.Positives(tag);
            tags[tag] = new TagScore(vocabulary[tag], support[tag], positives, network.AveragePrecisions[tag], pixels.AveragePrecisions[tag], thresholds[tag], new Proportion(hits, taken), new Proportion(hits, positives), Reliability.Measure(Column(scores, tags.Length, tag), truth.Column(tag)).ExpectedCalibrationError);
        }
        var covered = Enumerable.Range(0, truth.Stickers).Count(sticker => Enumerable.Range(0, tags.Length).Any(tag => scores[sticker * tags.Length + tag] >= thresholds[tag]));
        return new TaggingMeasure(truth, scores, pixelScores)
        {
            Systems = [Summary(Network, network, truth, minPositives), Summary(Pixels, pixels, truth, minPositives), Summary(Frequency, frequency, truth, minPositives)],
            Tags = tags,
            AcceptedPrecision = new Proportion(tags.Sum(tag => tag.Precision.Hits), tags.Sum(tag => tag.Precision.Trials)),
            AcceptedRecall = new Proportion(tags.Sum(tag => tag.Recall.Hits), tags.Sum(tag => tag.Recall.Trials)),
            Coverage = new Proportion(covered, truth.Stickers),
        };
    }

    private static float[] Column(float[] scores, int tags, int tag)
    {
        var column = new float[scores.Length / tags];
        for (var sticker = 0; sticker < column.Length; sticker++) column[sticker] = scores[sticker * tags + tag];
        return column;
    }

    private static (int Taken, int Hits) CountAccepted(TagTable truth, float[] scores, int tag, float threshold)
    {
        int taken = 0, hits = 0;
        for (var sticker = 0; sticker < truth.Stickers; sticker++)
        {
            if (scores[sticker * truth.Tags + tag] < threshold)
                continue;
            taken++;
            if (truth[sticker, tag])
                hits++;
        }
        return (taken, hits);
    }

    private static TaggingScore Summary(string system, TagRanking ranking, TagTable truth, int minPositives)
    {
        var (map, tags) = ranking.MeanOver(truth, minPositives);
        var (mapAny, tagsAny) = ranking.MeanOver(truth, 1);
        return new TaggingScore(system, map, tags, mapAny, tagsAny, ranking.MicroAveragePrecision, ranking.MacroCurve, ranking.MicroCurve);
    }
}
