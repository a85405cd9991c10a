using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Stickers.Tagger.Network;

/// <summary>Float32 tensors in the host's memory.</summary>
internal static class HostTensor
{
    /// <summary>
    /// Copies values into a new tensor. TorchSharp's <c>tensor(...)</c> first copies them into a managed array, which then lives as long as the tensor: for a batch of pictures that takes three
    /// times as long, and the collector cleans up behind it.
    /// </summary>
    /// <exception cref="ArgumentException">There are more or fewer values than the shape has.</exception>
    public static Tensor Of(ReadOnlySpan<float> values, params long[] shape)
    {
        var tensor = empty(shape, ScalarType.Float32);
        if (tensor.numel() != values.Length) throw new ArgumentException($"{tensor.numel()} values expected for ({string.Join(", ", shape)}), found {values.Length}.", nameof(values));
        values.CopyTo(Values(tensor));
        return tensor;
    }

    /// <summary>The memory of a contiguous float32 tensor on the host.</summary>
    public static Span<float> Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);
}
