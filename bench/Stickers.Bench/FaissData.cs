using System.Runtime.InteropServices;
using Faiss;
using Stickers.Catalogue;
using Stickers.Storage;

namespace Stickers.Bench;

/// <summary>Clustered unit vectors made by seed, or real embeddings, their queries and the true neighbours, as plain files that the peers read too.</summary>
/// <param name="Folder">Where the files are.</param>
/// <param name="Count">Number of vectors.</param>
internal sealed record FaissData(string Folder, int Count)
{
    public const int Dimension = 128;
    public const int Queries = 1000;
    public const int Neighbours = 10;
    private const int Clusters = 2000;
    private const float Spread = 0.8f;

    public string Path(string name) => System.IO.Path.Combine(Folder, $"{Count}-{name}");

    /// <summary>Writes a catalogue's visual embeddings instead of made-up vectors: stickers drawn by lot are the queries, and the rest is searched.</summary>
    public static async Task<int> TakeEmbeddingsAsync(string folder, string root, string model, string catalogue)
    {
        var set = await EmbeddingSet.OpenAsync(new LocalStore(root), model, catalogue);
        if (set.Manifest.VisualDimension != Dimension)
            throw new InvalidDataException($"The embeddings have {set.Manifest.VisualDimension} dimensions; the benchmark takes {Dimension}.");
        var vectors = await set.ReadAsync().Select(row => row.Visual).ToArrayAsync();
        new Random(10).Shuffle(vectors);
        var data = new FaissData(folder, vectors.Length - Queries);
        data.Write(vectors[Queries..].SelectMany(v => v).ToArray(), vectors[..Queries].SelectMany(v => v).ToArray());
        Console.WriteLine($"{data.Count} vectors and {Queries} queries in {folder}: name {data.Count} as n");
        return 0;
    }

    public float[] ReadQueries() => Read<float>("queries.f32");

    public long[] ReadTruth() => Read<long>("truth.i64");

    public float[] ReadBase() => Read<float>("base.f32");

    /// <summary>Share of the true neighbours that were found.</summary>
    public static double Recall(ReadOnlySpan<long> found, ReadOnlySpan<long> truth)
    {
        var hits = 0;
        for (var q = 0; q < Queries; q++)
        {
            foreach (var id in found.Slice(q * Neighbours, Neighbours))
                hits += truth.Slice(q * Neighbours, Neighbours).Contains(id) ? 1 : 0;
        }

        return hits / (double)(Queries * Neighbours);
    }

    /// <summary>Writes what is not there yet; of vectors and queries that lie there already, the true neighbours.</summary>
    public void Make()
    {
        if (File.Exists(Path("truth.i64")))
            return;
        if (File.Exists(Path("base.f32")) && File.Exists(Path("queries.f32")))
        {
            Write("truth.i64", Truth(ReadBase(), ReadQueries()));
            return;
        }

        var centres = new float[Clusters * Dimension];
        Gaussian(new Random(7), centres);
        Write(Draw(centres, Count, seed: 8), Draw(centres, Queries, seed: 9));
    }

    private void Write(float[] vectors, float[] queries)
    {
        Directory.CreateDirectory(Folder);
        Write("base.f32", vectors);
        Write("queries.f32", queries);
        Write("truth.i64", Truth(vectors, queries));
    }

    private static long[] Truth(float[] vectors, float[] queries)
    {
        using var exact = FaissIndex.Create(Dimension, "Flat", MetricType.L2);
        exact.Add(vectors, threads: 1);
        var (distances, truth) = (new float[Queries * Neighbours], new long[Queries * Neighbours]);
        exact.Search(queries, Neighbours, distances, truth);
        return truth;
    }

    private static float[] Draw(float[] centres, int n, int seed)
    {
        var random = new Random(seed);
        var vectors = new float[n * Dimension];
        Gaussian(random, vectors);
        for (var i = 0; i < n; i++)
        {
            var row = vectors.AsSpan(i * Dimension, Dimension);
            var centre = centres.AsSpan(random.Next(Clusters) * Dimension, Dimension);
            var norm = 0f;
            for (var j = 0; j < Dimension; j++)
            {
                row[j] = centre[j] + (Spread * row[j]);
                norm += row[j] * row[j];
            }

            norm = MathF.Sqrt(norm);
            for (var j = 0; j < Dimension; j++)
                row[j] /= norm;
        }

        return vectors;
    }

    private static void Gaussian(Random random, Span<float> values)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
    }

    private T[] Read<T>(string name) where T : unmanaged => MemoryMarshal.Cast<byte, T>(File.ReadAllBytes(Path(name))).ToArray();

    private void Write<T>(string name, T[] values) where T : unmanaged
    {
        using var file = File.Create(Path(name));
        file.Write(MemoryMarshal.AsBytes<T>(values));
    }
}
