using System.Numerics.Tensors;
using Stickers.SimilaritySearch.Api.Serving;
using Stickers.Tagger;

namespace Stickers.SimilaritySearch.Api.Suggesting;

/// <summary>A sticker that has a tag.</summary>
/// <param name="Position">Its position in the snapshot.</param>
/// <param name="Score">How well it shows the tag, 0 to 1.</param>
internal readonly record struct TaggedSticker(int Position, float Score);

/// <summary>
/// For each tag the stickers that show it best. A suggestion counts with its calibrated score; a creator's own tag with 0.8, and up to 1 the nearer
/// the picture lies to the tag's meaning, because a creator also tags what is only beside.
/// </summary>
internal sealed class StickersOfTags
{
    private const int Kept = 96;
    private const float Labelled = 0.8f;

    private readonly TaggedSticker[][] _best;

    public StickersOfTags(ServedSpace semantic, StickerModel model, CancellationToken cancellation)
    {
        var attributes = semantic.Attributes;
        Tags = [.. attributes.Tags.Order(StringComparer.Ordinal)];
        Counts = new int[Tags.Count];
        _best = new TaggedSticker[Tags.Count][];
        var vector = new float[model.SemanticDimension];
        for (var tag = 0; tag < Tags.Count; tag++)
        {
            cancellation.ThrowIfCancellationRequested();
            var positions = attributes.WithTag(Tags[tag]);
            var scores = attributes.ScoresOfTag(Tags[tag]);
            var meaning = model.TagVector(Tags[tag]);
            var stickers = new TaggedSticker[positions.Length];
            for (var i = 0; i < positions.Length; i++)
            {
                var score = scores[i];
                if (score == 1)
                {
                    score = Labelled;
                    if (meaning is not null && semantic.Snapshot.TryCopyVector(attributes.IdAt(positions[i]), vector))
                        score += (1 - Labelled) * Math.Max(0, TensorPrimitives.Dot<float>(meaning, vector));
                }

                stickers[i] = new TaggedSticker(positions[i], score);
            }

            Counts[tag] = stickers.Length;
            Array.Sort(stickers, (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Position.CompareTo(b.Position));
            _best[tag] = stickers.Length <= Kept ? stickers : stickers[..Kept];
        }
    }

    /// <summary>All tags that stickers have, in ordinal order.</summary>
    public IReadOnlyList<string> Tags { get; }

    /// <summary>How many stickers have each.</summary>
    public int[] Counts { get; }

    /// <summary>The stickers that show a tag best, best first.</summary>
    public ReadOnlySpan<TaggedSticker> Best(int tag) => _best[tag];
}
