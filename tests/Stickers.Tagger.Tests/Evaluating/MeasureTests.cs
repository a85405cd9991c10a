using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Tagger.Baselines;
using Stickers.Tagger.Evaluating;

namespace Stickers.Tagger.Tests.Evaluating;

/// <summary>Six stickers in a plane, small enough to rank by hand.</summary>
public sealed class MeasureTests
{
    private static readonly string[] Vocabulary = ["cat", "dog"];

    private static EvaluationData Data(SplitPart second = SplitPart.Train, SplitPart measured = SplitPart.Test)
    {
        var data = new EvaluationData
        {
            Visual = new VectorTable(2),
            Semantic = new VectorTable(2),
            Scores = new VectorTable(2),
            VisualOfViews = new VectorTable(2),
            SemanticOfViews = new VectorTable(2),
        };
        // Angles in degrees: rows 0 to 2 are of pack a and learned from, 3 to 5 of pack b and measured.
        Add("a", "1f431", 0, SplitPart.Train, [0], null, null);
        Add("a", "1f436", 90, second, [1], null, "pair");
        Add("a", null, 180, SplitPart.Train, [0, 1], null, null);
        Add("b", "1f431", 10, measured, [0], [0.9f, 0.2f], null);
        Add("b", "1f436", 40, measured, [1], [0.6f, 0.4f], "pair");
        Add("b", "1f600", 170, measured, [], [0.7f, 0.6f], null);
        return data;

        void Add(string pack, string? concept, int degrees, SplitPart side, int[] labels, float[]? scores, string? group)
        {
            float[] direction = [MathF.Cos(degrees * MathF.PI / 180), MathF.Sin(degrees * MathF.PI / 180)];
            var row = data.Stickers.Count;
            data.Stickers.Add(new Sticker
            {
                Id = new StickerId(row),
                Key = $"{pack}/{row}",
                Pack = pack,
                Creator = pack,
                Concept = concept,
                DuplicateGroup = group,
                ImagePath = "x.png",
                Format = StickerFormat.Png,
                Width = 1,
                Height = 1,
            });
            data.Parts.Add(0);
            data.Sides.Add(side);
            data.Labels.Add(labels);
            data.Visual.Add(direction);
            data.Semantic.Add(direction);
            var thumbnail = new float[PixelThumbnail.Length];
            direction.CopyTo(thumbnail, 0);
            data.Pixels.Add(thumbnail);
            if (scores is null)
                return;
            data.Measured.Add(row);
            data.Scores.Add(scores);
            // The view of row 4 looks like its duplicate, row 1.
            float[] view = row == 4 ? [0, 1] : direction;
            data.VisualOfViews.Add(view);
            data.SemanticOfViews.Add(direction);
            data.PixelsOfViews.Add(thumbnail);
        }
    }

    [Fact]
    public void Concepts_TwoPacks_IsTheHandComputedValue()
    {
        var scores = RetrievalMeasure.Concepts(Data(), TestContext.Current.CancellationToken);

        // Row 5's concept is nowhere else: two queries. Row 3 (10°) finds row 0 first, row 4 (40°) finds row 0 before row 1.
        Assert.Equal(["visual", "semantic", "pixels"], scores.Select(score => score.Space));
        foreach (var score in scores)
        {
            Assert.Equal([2, 2, 2], score.At.Select(at => at.Queries));
            Assert.Equal([0.5, 1.0 / 5, 1.0 / 10], score.At.Select(at => at.Precision));
            Assert.Equal([1, 1.0 / 5, 1.0 / 10], score.At.Select(at => at.AchievablePrecision));
            Assert.Equal([0.5, 1, 1], score.At.Select(at => at.NormalizedPrecision));
            Assert.Equal([0.5, 1, 1], score.At.Select(at => at.Recall));
        }
    }

    [Fact]
    public void Tags_KnownDuplicate_IsLeftOut()
    {
        var visual = RetrievalMeasure.Tags(Data(), TestContext.Current.CancellationToken)[0];

        // Row 3 (cat): 0 and 2 are relevant, order 0, 4, 1, 2, 5... Row 4 (dog): row 1 is its duplicate, so only row 2 is relevant;
        // order 3, 0, 5, 2. Row 5 has no tag and asks nothing.
        Assert.Equal(2, visual.At[0].Queries);
        Assert.Equal(0.5, visual.At[0].Precision);
        Assert.Equal((2.0 / 5 + 1.0 / 5) / 2, visual.At[1].Precision, 12);
        Assert.Equal((0.5 + 0) / 2, visual.At[0].Recall, 12);
        Assert.Equal(1, visual.At[2].Recall, 12);
    }

    [Fact]
    public void Views_DuplicateFound_CountsOnlyWhereSaid()
    {
        var scores = RetrievalMeasure.Views(Data(), TestContext.Current.CancellationToken);

        Assert.Equal(new Proportion(2, 3), scores[0].First);
        Assert.Equal(new Proportion(3, 3), scores[0].FirstOrDuplicate);
        Assert.Equal(new Proportion(3, 3), scores[0].FirstTen);
        Assert.Equal(new Proportion(3, 3), scores[1].First);
    }

    [Fact]
    public void Tagging_ThreeMeasured_IsTheHandComputedValue()
    {
        var tagging = TaggingMeasure.Of(Data(), Vocabulary, [2, 2], [0.65f, 1.1f], 1, TestContext.Current.CancellationToken);

        // cat: 0.9 is right, then 0.7, 0.6. dog: 0.6 is wrong, then 0.4 is right.
        Assert.Equal((1 + 0.5) / 2, tagging.Systems[0].Map!.Value, 12);
        // Every sticker gets the same score from frequency: one threshold, one of three right.
        Assert.Equal(1.0 / 3, tagging.Systems[2].Map!.Value, 12);
        // cat is accepted twice (0.9, 0.7), once rightly; dog never.
        Assert.Equal((new Proportion(1, 2), new Proportion(1, 1)), (tagging.Tags[0].Precision, tagging.Tags[0].Recall));
        Assert.Equal((new Proportion(0, 0), new Proportion(0, 1)), (tagging.Tags[1].Precision, tagging.Tags[1].Recall));
        Assert.Equal((new Proportion(1, 2), new Proportion(1, 2)), (tagging.AcceptedPrecision, tagging.AcceptedRecall));
        Assert.Equal(new Proportion(2, 3), tagging.Coverage);
        // cat: 0.9 against 1, 0.7 and 0.6 against 0, each in a bin of its own.
        Assert.Equal((0.1 + 0.7 + 0.6) / 3, tagging.Tags[0].CalibrationError, 6);
    }

    [Fact]
    public void Tagging_Baselines_KnowTheSidesBeforeTheMeasuredOne()
    {
        Assert.Equal(PixelScores(Data()), PixelScores(Data(second: SplitPart.Validation)));
        Assert.NotEqual(PixelScores(Data(measured: SplitPart.Validation)), PixelScores(Data(second: SplitPart.Test, measured: SplitPart.Validation)));

        static float[] PixelScores(EvaluationData data) => TaggingMeasure.Of(data, Vocabulary, [2, 2], [0.65f, 1.1f], 1, TestContext.Current.CancellationToken).PixelScores;
    }

    [Fact]
    public void Text_TagVectors_RankTheMeasured()
    {
        var data = Data();
        var tagging = TaggingMeasure.Of(data, Vocabulary, [2, 2], [0.5f, 0.5f], 1, TestContext.Current.CancellationToken);
        var tagVectors = new VectorTable(2);
        tagVectors.Add([1f, 0f]);
        tagVectors.Add([0f, 1f]);

        var text = RetrievalMeasure.Text(data, tagging, tagVectors, 1, TestContext.Current.CancellationToken);

        Assert.All(text, score => Assert.Equal((2, 1.0 / 5, 1.0), (score.AtFive!.Queries, score.AtFive.Precision, score.AtFive.NormalizedPrecision)));
        Assert.All(RetrievalMeasure.Text(data, tagging, tagVectors, 2, TestContext.Current.CancellationToken), score => Assert.Null(score.AtFive));
    }
}
