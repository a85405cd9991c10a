using System.Numerics.Tensors;

namespace Stickers.SimilaritySearch.Api.Mapping;

/// <summary>
/// Lays unit vectors out on a plane so that neighbours stay neighbours: the two directions of largest spread to begin with (power iteration), then every point is drawn to
/// its nearest neighbours and pushed from points picked at random, by the gradients of UMAP (McInnes et al. 2018) with a = b = 1. The same vectors give the same map.
/// </summary>
internal static class MapLayout
{
    private const int Neighbours = 8;
    private const int Repelled = 4;
    private const int Rounds = 120;
    private const float Spread = 10f; // side of the plane at the beginning

    /// <summary>One point for each vector, both coordinates from 0 to 1.</summary>
    /// <param name="vectors">n unit vectors of one length; n x n products are computed.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static (float X, float Y)[] Of(IReadOnlyList<float[]> vectors, CancellationToken cancellation)
    {
        if (vectors.Count < 3)
            return [.. vectors.Select((_, i) => (0.25f + (0.5f * i), 0.5f))];
        var points = Principal(vectors);
        var near = Nearest(vectors, cancellation);
        var random = new Random(1);
        for (var round = 0; round < Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            var step = 1f - (round / (float)Rounds);
            for (var i = 0; i < points.Length; i++)
            {
                foreach (var j in near[i])
                {
                    Pull(points, i, j, step);
                    for (var r = 0; r < Repelled; r++)
                        Push(points, i, random.Next(points.Length), step);
                }
            }
        }

        return Fitted(points);
    }

    private static void Pull((float X, float Y)[] points, int i, int j, float step)
    {
        var (dx, dy) = (points[i].X - points[j].X, points[i].Y - points[j].Y);
        var pull = 2 * step / (1 + (dx * dx) + (dy * dy));
        var (mx, my) = (Clip(pull * dx), Clip(pull * dy));
        points[i] = (points[i].X - (0.5f * mx), points[i].Y - (0.5f * my));
        points[j] = (points[j].X + (0.5f * mx), points[j].Y + (0.5f * my));
    }

    private static void Push((float X, float Y)[] points, int i, int j, float step)
    {
        if (i == j)
            return;
        var (dx, dy) = (points[i].X - points[j].X, points[i].Y - points[j].Y);
        var square = (dx * dx) + (dy * dy);
        var push = 2 * step / ((0.001f + square) * (1 + square));
        points[i] = (points[i].X + (0.25f * Clip(push * dx)), points[i].Y + (0.25f * Clip(push * dy)));
    }

    private static float Clip(float move) => Math.Clamp(move, -1f, 1f);

    private static int[][] Nearest(IReadOnlyList<float[]> vectors, CancellationToken cancellation)
    {
        var near = new int[vectors.Count][];
        for (var i = 0; i < near.Length; i++)
        {
            if (i % 64 == 0)
                cancellation.ThrowIfCancellationRequested();
            // The root is the farthest of the nearest: sorting all of them would be most of the work.
            var best = new PriorityQueue<int, float>(Neighbours + 1);
            for (var j = 0; j < near.Length; j++)
            {
                if (j == i)
                    continue;
                var score = TensorPrimitives.Dot<float>(vectors[i], vectors[j]);
                if (best.Count < Neighbours) best.Enqueue(j, score);
                else best.EnqueueDequeue(j, score);
            }

            near[i] = [.. best.UnorderedItems.Select(item => item.Element).Order()];
        }

        return near;
    }

    private static (float X, float Y)[] Principal(IReadOnlyList<float[]> vectors)
    {
        var d = vectors[0].Length;
        var mean = new float[d];
        foreach (var vector in vectors)
            TensorPrimitives.Add<float>(mean, vector, mean);
        TensorPrimitives.Divide(mean, vectors.Count, mean);
        var centred = vectors.Select(vector =>
        {
            var row = new float[d];
            TensorPrimitives.Subtract<float>(vector, mean, row);
            return row;
        }).ToArray();
        var first = Direction(centred, d, null);
        var second = Direction(centred, d, first);
        var points = centred.Select(row => (X: TensorPrimitives.Dot<float>(row, first), Y: TensorPrimitives.Dot<float>(row, second))).ToArray();
        return [.. Fitted(points).Select(point => (Spread * (point.X - 0.5f), Spread * (point.Y - 0.5f)))];
    }

    /// <summary>The direction of largest spread among those across another one.</summary>
    private static float[] Direction(float[][] rows, int d, float[]? across)
    {
        var random = new Random(d);
        var direction = Enumerable.Range(0, d).Select(_ => random.NextSingle() - 0.5f).ToArray();
        for (var round = 0; round < 20; round++)
        {
            var next = new float[d];
            foreach (var row in rows)
                TensorPrimitives.MultiplyAdd(row, TensorPrimitives.Dot<float>(row, direction), next, next);
            if (across is not null)
                TensorPrimitives.MultiplyAdd(across, -TensorPrimitives.Dot<float>(next, across), next, next);
            var norm = TensorPrimitives.Norm<float>(next);
            if (norm < 1e-12f)
                break;
            TensorPrimitives.Divide(next, norm, direction);
        }

        return direction;
    }

    private static (float X, float Y)[] Fitted((float X, float Y)[] points)
    {
        var (left, right) = (points.Min(p => p.X), points.Max(p => p.X));
        var (top, bottom) = (points.Min(p => p.Y), points.Max(p => p.Y));
        var side = Math.Max(1e-6f, Math.Max(right - left, bottom - top));
        return [.. points.Select(p => (0.5f + ((p.X - ((left + right) / 2)) / side), 0.5f + ((p.Y - ((top + bottom) / 2)) / side)))];
    }
}
