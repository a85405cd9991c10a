namespace Stickers.Tagger.Baselines;

/// <summary>The baseline that looks at no picture: every sticker gets each tag's share among the training stickers.</summary>
public static class TagFrequency
{
    /// <summary>Scores of stickers x tags, row-major, every row the same.</summary>
    /// <param name="labels">Tags of the training stickers as indices into the vocabulary.</param>
    /// <param name="tags">Length of the vocabulary.</param>
    /// <param name="stickers">Stickers to score.</param>
    public static float[] Score(IReadOnlyList<IReadOnlyList<int>> labels, int tags, int stickers)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var shares = new float[tags];
        foreach (var tag in labels.SelectMany(own => own))
            shares[tag] += 1f / labels.Count;
        var scores = new float[checked(stickers * tags)];
        for (var sticker = 0; sticker < stickers; sticker++)
            shares.CopyTo(scores.AsSpan(sticker * tags));
        return scores;
    }
}
