using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Storage;
using Stickers.Tagger;
using Stickers.Tagger.Models;
using Stickers.Tagger.Network;
using Stickers.Tagger.Training;
using static TorchSharp.torch;

namespace Stickers.TaggerBench;

/// <summary>
/// More real embeddings than there are stickers: each sticker in many views, as training draws them, through a real network. Stickers drawn by lot are left out, and a view of each
/// is a query.
/// </summary>
internal static class ViewVectors
{
    private const int Queries = 1000;
    private const int Batch = 32;

    public static async Task<int> WriteAsync(string root, string catalogueName, string model, string folder, int n)
    {
        var store = ObjectStore.Open(root);
        var catalogue = await StickerCatalogue.OpenAsync(store, catalogueName);
        var description = await ModelDescription.LoadAsync(store, model);
        using var net = await NetAsync(store, description);
        List<(byte[] Fitted, bool MayMirror)> stickers = [];
        await foreach (var sticker in catalogue.ReadAsync(images: true))
            stickers.Add((description.Fit(ImageDecoder.Decode(sticker.Image.Span, StickerModel.DecodeSide)), StickerAugmenter.MayMirror(catalogue.Vocabulary.TagsOf(sticker))));
        var shuffled = CollectionsMarshal.AsSpan(stickers);
        new Random(10).Shuffle(shuffled);
        var rest = stickers.Count - Queries;
        Directory.CreateDirectory(folder);
        Write(net, [.. stickers.Take(Queries)], Queries, seed: 11, Path.Combine(folder, $"{n}-queries.f32"));
        var watch = Stopwatch.StartNew();
        Write(net, [.. stickers.Skip(Queries)], n, seed: 12, Path.Combine(folder, $"{n}-base.f32"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{n:N0} views of {rest:N0} stickers, and one view of each of {Queries:N0} others as queries: {n / watch.Elapsed.TotalSeconds:F0} a second, {watch.Elapsed.TotalSeconds:F0} s"));
        return 0;
    }

    private static async Task<StickerNet> NetAsync(ObjectStore store, ModelDescription description)
    {
        using var weights = await store.FetchAsync($"{ModelFiles.Folder(description.Manifest.Version)}/{ModelFiles.Weights}");
        var net = new StickerNet(description.Manifest.Network);
        var (tensors, _) = SafeTensors.Read(weights.Path);
        FlatParameters.Of(net).Load(tensors, weights.Path);
        FlatParameters.BuffersOf(net).Load(tensors, weights.Path);
        net.eval();
        return net;
    }

    /// <summary>The views' visual vectors, sticker after sticker and round again, in the order of their numbers.</summary>
    private static void Write(StickerNet net, (byte[] Fitted, bool MayMirror)[] stickers, int count, int seed, string path)
    {
        using (var file = File.Create(path + ".new"))
            Write(net, stickers, count, seed, file);
        File.Move(path + ".new", path, overwrite: true);
    }

    private static void Write(StickerNet net, (byte[] Fitted, bool MayMirror)[] stickers, int count, int seed, FileStream file)
    {
        var augmenter = new StickerAugmenter(1);
        var side = net.Configuration.InputSide;
        var (length, d) = (ViewRendering.Length(side), net.Configuration.VisualDimension);
        var wide = Batch * Environment.ProcessorCount;
        var vectors = new float[wide * d];
        var watch = Stopwatch.StartNew();
        for (var done = 0; done < count; done += wide)
        {
            var some = Math.Min(wide, count - done);
            Parallel.For(0, (some + Batch - 1) / Batch, chunk =>
            {
                set_num_threads(1);
                var (first, size) = (done + (chunk * Batch), Math.Min(Batch, some - (chunk * Batch)));
                var planes = new float[size * length];
                for (var i = 0; i < size; i++)
                {
                    var (fitted, mayMirror) = stickers[(first + i) % stickers.Length];
                    var view = augmenter.Next(new Random(unchecked((seed * 1_000_003) + first + i)), mayMirror);
                    ViewRendering.Render(fitted, InputFitting.FittedSide(side), view, side, planes.AsSpan(i * length, length));
                }

                using var mode = inference_mode();
                using var scope = NewDisposeScope();
                var input = HostTensor.Of(planes, size, 4, side, side).ChannelsLast();
                net.forward(input).Visual.contiguous().data<float>().CopyTo(vectors, arrayIndex: chunk * Batch * d);
            });
            file.Write(MemoryMarshal.AsBytes(vectors.AsSpan(0, some * d)));
            if (done % (wide * 256) == 0 && done > 0)
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{done:N0} of {count:N0}, {done / watch.Elapsed.TotalSeconds:F0} a second"));
        }
    }
}
