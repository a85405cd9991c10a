namespace Faiss.Tests;

public sealed class KMeansTests
{
    [Fact]
    public void Train_SeparateClusters_FindsThem()
    {
        // 8 centres at the corners of a cube of side 10, points within 0.5 of them.
        var random = new Random(3);
        var vectors = new float[800 * 3];
        for (var i = 0; i < 800; i++)
        {
            for (var j = 0; j < 3; j++)
                vectors[(i * 3) + j] = (10 * ((i % 8) >> j & 1)) + random.NextSingle() - 0.5f;
        }

        var clusters = KMeans.Train(vectors, 3, 8, new KMeansOptions { Redo = 5, Threads = 1 });
        Assert.Equal((8, 3), (clusters.Count, clusters.Dimension));
        var corners = Enumerable.Range(0, 8).Select(c => clusters.Centroids.Slice(c * 3, 3).ToArray().Select(x => (int)MathF.Round(x / 10)).ToArray())
            .Select(x => x[0] + (2 * x[1]) + (4 * x[2])).Order();
        Assert.Equal(Enumerable.Range(0, 8), corners);

        var assigned = new long[800];
        clusters.Assign(vectors, assigned);
        double objective = 0;
        for (var i = 0; i < 800; i++)
        {
            Assert.Equal(assigned[i % 8], assigned[i]);
            for (var j = 0; j < 3; j++)
                objective += Math.Pow(vectors[(i * 3) + j] - clusters.Centroids.Span[((int)assigned[i] * 3) + j], 2);
        }

        Assert.Equal(objective, clusters.Objective, objective * 0.01);
        Assert.Equal(clusters.Centroids.ToArray(), KMeans.Train(vectors, 3, 8, new KMeansOptions { Redo = 5, Threads = 2 }).Centroids.ToArray());
    }

    [Fact]
    public void Train_Spherical_CentroidsHaveLengthOne()
    {
        var vectors = new Vectors(500, 16, seed: 2);
        var clusters = KMeans.Train(vectors.Data, 16, 10, new KMeansOptions { Spherical = true, Threads = 1 });
        for (var c = 0; c < 10; c++)
            Assert.Equal(1, clusters.Centroids.Slice(c * 16, 16).ToArray().Sum(x => x * x), 1e-4);
    }

    [Fact]
    public void Train_WrongInput_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => KMeans.Train(new float[4], 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => KMeans.Train(new float[4], 2, 0));
        Assert.Throws<ArgumentException>(() => KMeans.Train(new float[5], 2, 1));
        Assert.Throws<ArgumentException>(() => KMeans.Train(new float[4], 2, 3));
        Assert.Throws<ArgumentException>(() => KMeans.Train([float.NaN, 0, 0, 0], 2, 1));
        foreach (var options in new KMeansOptions[] { new() { Iterations = 0 }, new() { Redo = 0 }, new() { MaxPointsPerCentroid = 0 }, new() { Threads = -1 } })
            Assert.Throws<ArgumentOutOfRangeException>(() => KMeans.Train(new float[4], 2, 1, options));
    }
}
