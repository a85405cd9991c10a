using static TorchSharp.torch;

namespace Stickers.Tagger.Network;

/// <summary>
/// A network's parameters (or its buffers) seen as one float32 vector, in the order of their names. Optimiser, averaging over
/// replicas, weight averaging and checkpoints then are each a few operations on one vector.
/// </summary>
internal sealed class FlatParameters
{
    private readonly (string Name, Tensor Tensor)[] _parts;

    private FlatParameters(IEnumerable<(string Name, Tensor Tensor)> parts)
    {
        _parts = [.. parts.OrderBy(p => p.Name, StringComparer.Ordinal)];
        Length = _parts.Sum(p => p.Tensor.numel());
    }

    /// <summary>Number of values.</summary>
    public long Length { get; }

    /// <summary>All parts by name.</summary>
    public IReadOnlyList<(string Name, Tensor Tensor)> Parts => _parts;

    /// <summary>The learned parameters.</summary>
    public static FlatParameters Of(StickerNet net) => new(net.named_parameters().Select(p => (p.name, (Tensor)p.parameter)));

    /// <summary>The running means and variances of the batch normalisations.</summary>
    public static FlatParameters BuffersOf(StickerNet net) =>
        new(net.named_buffers().Where(b => b.buffer.is_floating_point()).Select(b => (b.name, b.buffer)));

    /// <summary>A copy of all values: (Length).</summary>
    public Tensor Read()
    {
        using var noGrad = no_grad();
        return cat([.. _parts.Select(p => p.Tensor.flatten())]);
    }

    /// <summary>A copy of all gradients: (Length). A parameter without a gradient counts as zero.</summary>
    public Tensor ReadGradient()
    {
        using var noGrad = no_grad();
        return cat([.. _parts.Select(p => (p.Tensor.grad ?? zeros_like(p.Tensor)).flatten())]);
    }

    /// <summary>1 where weight decay applies (matrices and kernels), 0 for biases, gains and scales: (Length).</summary>
    public Tensor DecayMask() =>
        cat([.. _parts.Select(p => full(p.Tensor.numel(), p.Tensor.dim() > 1 ? 1f : 0f))]);

    /// <summary>Sets all values from one vector.</summary>
    public void Write(Tensor values)
    {
        if (values.numel() != Length) throw new ArgumentException($"{Length} values expected, found {values.numel()}.", nameof(values));
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        long offset = 0;
        foreach (var (_, tensor) in _parts)
        {
            tensor.copy_(values.narrow(0, offset, tensor.numel()).view_as(tensor));
            offset += tensor.numel();
        }
    }
}
