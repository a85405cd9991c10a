using System.Numerics.Tensors;
using Stickers.Tagger.Evaluating;

namespace Stickers.Tagger.Baselines;

/// <summary>
/// Tags by vote of the nearest training stickers on 16x16 pixels. Each of the 20 nearest votes for its tags with weight
/// exp(-4 d / d₂₀), d its Euclidean distance and d₂₀ that of the farthest of them: near copies decide, the rest break ties.
/// </summary>
public sealed class PixelNeighbours
{
    /// <summary>How many training stickers vote.</summary>
    public const int Voters = 20;

    private const float Sharpness = 4;

    private readonly VectorTable _training;
    private readonly IReadOnlyList<IReadOnlyList<int>> _labels;
    private readonly int _tags;

    /// <summary>Takes the training stickers.</summary>
    /// <param name="training">Their thumbnails (<see cref="PixelThumbnail.Of"/>).</param>
    /// <param name="labels">Their tags as indices into the vocabulary, in the same order.</param>
    /// <param name="tags">Length of the vocabulary.</param>
    public PixelNeighbours(VectorTable training, IReadOnlyList<IReadOnlyList<int>> labels, int tags)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(labels);
        if (training.Count != labels.Count)
            throw new ArgumentException($"{training.Count} thumbnails, but labels of {labels.Count} stickers.", nameof(labels));
        (_training, _labels, _tags) = (training, labels, tags);
    }

    /// <summary>Scores of queries x tags, row-major: sums of votes, comparable within a row and, roughly, over rows.</summary>
    public float[] Score(VectorTable queries, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(queries);
        var scores = new float[checked(queries.Count * _tags)];
        if (_training.Count == 0)
            return scores;
        var found = NeighbourSearch.ByDistance(_training, queries, Voters, null, cancellation);
        for (var query = 0; query < queries.Count; query++)
        {
            // The search's scores cancel for near copies; their distances matter most, so take them afresh.
            var distances = new float[found[query].Length];
            for (var i = 0; i < distances.Length; i++)
                distances[i] = TensorPrimitives.Distance(queries[query], _training[found[query][i].Row]);
            var farthest = Math.Max(TensorPrimitives.Max(distances), float.Epsilon);
            for (var i = 0; i < distances.Length; i++)
            {
                var weight = MathF.Exp(-Sharpness * distances[i] / farthest);
                foreach (var tag in _labels[found[query][i].Row])
                    scores[query * _tags + tag] += weight;
            }
        }
        return scores;
    }
}
