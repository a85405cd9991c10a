using static TorchSharp.torch;

namespace Stickers.Tagger.Network;

/// <summary>The order of values in memory.</summary>
internal static class TensorLayout
{
    /// <summary>The same (N, C, H, W) with the channels of a pixel side by side: PyTorch's <c>channels_last</c>, which TorchSharp's <c>contiguous</c> does not take. oneDNN keeps it through a network.</summary>
    public static Tensor ChannelsLast(this Tensor maps) => maps.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
}
