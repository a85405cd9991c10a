using System.Numerics.Tensors;
using Stickers.Catalogue.Images;
using Stickers.Tagger.Network;
using static TorchSharp.torch;

namespace Stickers.Tagger.Explaining;

/// <summary>
/// Where a picture shows a tag: what the second stage sees there times what that does to the tag's logit, positive parts added up (HiResCAM, Draelos and Carin 2020). Plain Grad-CAM
/// (Selvaraju et al. 2017) averages the gradients over the picture first, which loses what the heads know of places.
/// </summary>
internal static class HeatMap
{
    /// <summary>Points on a side of a part at which the map is read.</summary>
    private const int Points = 4;

    /// <summary>The heat of some tags.</summary>
    /// <param name="net">The network, in evaluation mode; its gradients stay as they are.</param>
    /// <param name="picture">A picture of any size.</param>
    /// <param name="fitted">What <see cref="InputFitting.Fit"/> made of it.</param>
    /// <param name="tags">Places of the tags in the vocabulary.</param>
    /// <param name="side">Parts on a side of the picture.</param>
    /// <returns>For each tag side x side values, row-major, the largest 1; all 0 when nothing speaks for the tag, and 0 where nothing is drawn.</returns>
    public static IReadOnlyList<float[]> Of(StickerNet net, RasterImage picture, byte[] fitted, IReadOnlyList<int> tags, int side)
    {
        var square = InputFitting.SquareOf(picture);
        var fittedSide = InputFitting.FittedSide(net.Configuration.InputSide);
        return [.. MapsOf(net, fitted, fittedSide, tags).Select(map => Spread(map, fitted, fittedSide, picture, square, side))];
    }

    /// <summary>For each tag a square map over the network's input.</summary>
    private static List<float[]> MapsOf(StickerNet net, byte[] fitted, int fittedSide, IReadOnlyList<int> tags)
    {
        var side = net.Configuration.InputSide;
        var planes = new float[ViewRendering.Length(side)];
        ViewRendering.Render(fitted, fittedSide, View.Plain, side, planes);
        set_num_threads(1);
        using var grad = enable_grad();
        using var scope = NewDisposeScope();
        var device = FlatParameters.Of(net).Parts[0].Tensor.device;
        // The weights of a model need no gradient, so that the maps have one only by the input.
        var maps = net.ForwardStages(HostTensor.Of(planes, 1, 4, side, side).to(device).ChannelsLast().requires_grad_());
        var features = net.FeaturesOf(maps);
        var logits = net.TagLogits(features, net.SemanticOf(net.SemanticFeatures(features)));                       // (1, V)
        var seen = maps.Second.detach();                                                                            // (1, W1, S/4, S/4)
        return [.. tags.Select(tag =>
        {
            var gradient = autograd.grad([logits.select(1, tag).sum()], [maps.Second], retain_graph: true)[0];
            return gradient.mul(seen).sum(1).relu().cpu().contiguous().data<float>().ToArray();                      // S/4 * S/4
        })];
    }

    private static float[] Spread(float[] map, byte[] fitted, int fittedSide, RasterImage picture, (float Left, float Top, float Side) square, int side)
    {
        var mapSide = (int)Math.Sqrt(map.Length);
        var heat = new float[side * side];
        for (var y = 0; y < side * Points; y++)
        {
            for (var x = 0; x < side * Points; x++)
            {
                var u = (((x + 0.5f) / (side * Points) * picture.Width) - square.Left) / square.Side;
                var v = (((y + 0.5f) / (side * Points) * picture.Height) - square.Top) / square.Side;
                if (u is < 0 or >= 1 || v is < 0 or >= 1) continue;
                var alpha = fitted[((((int)(v * fittedSide) * fittedSide) + (int)(u * fittedSide)) * 4) + 3];
                heat[(y / Points * side) + (x / Points)] += alpha * Sample(map, mapSide, (u * mapSide) - 0.5f, (v * mapSide) - 0.5f);
            }
        }

        var most = heat.Max();
        if (most > 0) TensorPrimitives.Divide(heat, most, heat);
        return heat;
    }

    /// <summary>Bilinear; the outermost values go on beyond the edge.</summary>
    private static float Sample(float[] map, int side, float x, float y)
    {
        (x, y) = (Math.Clamp(x, 0, side - 1), Math.Clamp(y, 0, side - 1));
        int left = Math.Min((int)x, side - 2), top = Math.Min((int)y, side - 2);
        var (fx, fy) = (x - left, y - top);
        return float.Lerp(
            float.Lerp(map[(top * side) + left], map[(top * side) + left + 1], fx),
            float.Lerp(map[((top + 1) * side) + left], map[((top + 1) * side) + left + 1], fx),
            fy);
    }
}
