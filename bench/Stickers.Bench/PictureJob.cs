using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Stickers.Catalogue.Images;
using Stickers.Pipeline;
using Stickers.Pipeline.Sinks;
using Stickers.Storage;

namespace Stickers.Bench;

/// <summary>PNG files through a decoder and one dense layer: the work that <see cref="Loop"/> does without a framework.</summary>
internal sealed class PictureJob : Job<byte[], byte[], float, string>
{
    public const int ShardSize = 256;

    private const int Side = 64;
    private const int Outputs = 64;
    private const string Prefix = "pictures/";

    private static readonly float[] Weights = MakeWeights();

    public override Source<byte[]> Source { get; } = new Pictures();

    public override Sink<string> Sink { get; } = new TextLineSink();

    public override IAsyncEnumerable<byte[]> Preprocess(IAsyncEnumerable<byte[]> items, ShardContext context) => context.Each(items, _ => "picture", Decode, 1);

    public override IAsyncEnumerable<float> Main(IAsyncEnumerable<byte[]> items, ShardContext context) => items.Select(Compute);

    public override IAsyncEnumerable<string> Postprocess(IAsyncEnumerable<float> items, ShardContext context) => items.Select(item => $"{item}");

    /// <summary>Draws pictures and lays them down in shards.</summary>
    public static async Task PrepareAsync(ObjectStore store, int shards)
    {
        var random = new Random(1);
        var pictures = Enumerable.Range(0, 64).Select(_ => Draw(random)).ToArray();
        for (var shard = 0; shard < shards; shard++)
        {
            await using var writer = await store.CreateAsync($"{Prefix}{shard:D5}");
            var length = new byte[sizeof(int)];
            for (var i = 0; i < ShardSize; i++)
            {
                var picture = pictures[((shard * 7) + i) % pictures.Length];
                BinaryPrimitives.WriteInt32LittleEndian(length, picture.Length);
                await writer.Stream.WriteAsync(length);
                await writer.Stream.WriteAsync(picture);
            }

            await writer.CommitAsync();
        }
    }

    /// <summary>The same by hand: no stages, no counts, no ledger; each shard's file committed.</summary>
    public static async Task Loop(ObjectStore store, string folder)
    {
        var index = 0;
        await foreach (var shard in store.ListAsync(Prefix))
        {
            await using var input = await store.OpenReadAsync(shard.Key);
            await using var output = await store.CreateAsync($"{folder}/part-{index++:D5}.txt");
            await using (var text = new StreamWriter(output.Stream, leaveOpen: true))
            {
                await foreach (var picture in ReadAsync(input)) await text.WriteLineAsync($"{Compute(Decode(picture))}");
            }

            await output.CommitAsync();
        }
    }

    private static byte[] Decode(byte[] file) => ImageDecoder.Decode(file, Side).Rgba;

    private static float Compute(byte[] rgba)
    {
        Span<float> input = new float[Side * Side * 4];
        for (var i = 0; i < rgba.Length; i++) input[i] = rgba[i] / 255f;
        var best = float.MinValue;
        var values = MemoryMarshal.Cast<float, Vector<float>>(input);
        for (var output = 0; output < Outputs; output++)
        {
            var weights = MemoryMarshal.Cast<float, Vector<float>>(Weights.AsSpan(output * input.Length, input.Length));
            var sum = Vector<float>.Zero;
            for (var i = 0; i < values.Length; i++) sum += values[i] * weights[i];
            best = Math.Max(best, Vector.Sum(sum));
        }

        return best;
    }

    private static float[] MakeWeights()
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, Outputs * Side * Side * 4).Select(_ => random.NextSingle() - 0.5f)];
    }

    private static byte[] Draw(Random random)
    {
        const int Size = 256;
        var pixels = new byte[Size * Size * 4];
        for (var shape = 0; shape < 12; shape++)
        {
            var (x, y, radius) = (random.Next(Size), random.Next(Size), random.Next(10, 80));
            var color = new byte[3];
            random.NextBytes(color);
            for (var row = Math.Max(0, y - radius); row < Math.Min(Size, y + radius); row++)
            {
                for (var column = Math.Max(0, x - radius); column < Math.Min(Size, x + radius); column++)
                {
                    if (((row - y) * (row - y)) + ((column - x) * (column - x)) > radius * radius) continue;
                    var at = ((row * Size) + column) * 4;
                    for (var plane = 0; plane < 3; plane++) pixels[at + plane] = (byte)(color[plane] + (row & 7));
                    pixels[at + 3] = 255;
                }
            }
        }

        return ImageDecoder.EncodePng(new RasterImage(Size, Size, pixels));
    }

    private static async IAsyncEnumerable<byte[]> ReadAsync(Stream input, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var length = new byte[sizeof(int)];
        while (await input.ReadAtLeastAsync(length, length.Length, throwOnEndOfStream: false, cancellation) == length.Length)
        {
            var picture = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
            await input.ReadExactlyAsync(picture, cancellation);
            yield return picture;
        }
    }

    private sealed class Pictures : Source<byte[]>
    {
        public override IAsyncEnumerable<Shard> ListAsync(ObjectStore store, CancellationToken cancellation) =>
            store.ListAsync(Prefix, cancellation).Select(stored => new Shard(stored.Key, stored.Key, 0, ShardSize));

        public override async IAsyncEnumerable<byte[]> ReadAsync(ShardContext context)
        {
            await using var input = await context.Store.OpenReadAsync(context.Shard.Input, context.Cancellation);
            await foreach (var picture in PictureJob.ReadAsync(input, context.Cancellation)) yield return picture;
        }
    }
}
