using Stickers.Tagger.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Stickers.Tagger.Network;

/// <summary>
/// A network's parameters (or its buffers) seen as one array on the host, in the order of their names. Optimiser, averaging over
/// replicas, weight averaging and checkpoints then are each a loop over one array, wherever the network itself runs.
/// </summary>
internal sealed class FlatParameters
{
    private FlatParameters(IEnumerable<(string Name, Tensor Tensor)> parts)
    {
        Parts = [.. parts.OrderBy(p => p.Name, StringComparer.Ordinal)];
        Length = checked((int)Parts.Sum(p => p.Tensor.numel()));
    }

    /// <summary>Number of values.</summary>
    public int Length { get; }

    /// <summary>All parts by name.</summary>
    public IReadOnlyList<(string Name, Tensor Tensor)> Parts { get; }

    /// <summary>The learned parameters.</summary>
    public static FlatParameters Of(StickerNet net) => new(net.named_parameters().Select(p => (p.name, (Tensor)p.parameter)));

    /// <summary>The running means and variances of the batch normalisations.</summary>
    public static FlatParameters BuffersOf(StickerNet net) => new(net.named_buffers().Select(b => (b.name, b.buffer)));

    /// <summary>Copies all values to <paramref name="values"/>, of length <see cref="Length"/>.</summary>
    public void Read(Span<float> values) => ReadEach(values, tensor => tensor);

    /// <summary>Copies all gradients; a parameter without a gradient counts as zero.</summary>
    public void ReadGradient(Span<float> values) => ReadEach(values, tensor => tensor.grad);

    /// <summary>Copies of all parts, as files hold them.</summary>
    public IEnumerable<NamedTensor> ToTensors()
    {
        var values = new float[Length];
        Read(values);
        var offset = 0;
        foreach (var (name, tensor) in Parts)
        {
            var count = (int)tensor.numel();
            yield return new NamedTensor(name, tensor.shape, values.AsMemory(offset, count));
            offset += count;
        }
    }

    /// <summary>Sets all values from a file's tensors.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or has another shape.</exception>
    public void Load(IReadOnlyDictionary<string, NamedTensor> tensors, string source)
    {
        var values = new float[Length];
        var offset = 0;
        foreach (var (name, tensor) in Parts)
        {
            if (!tensors.TryGetValue(name, out var saved))
                throw new InvalidDataException($"{source}: tensor {name} is missing.");
            if (!saved.Shape.SequenceEqual(tensor.shape))
                throw new InvalidDataException($"{source}: tensor {name} has shape [{string.Join(", ", saved.Shape)}], the network expects [{string.Join(", ", tensor.shape)}].");
            saved.Values.Span.CopyTo(values.AsSpan(offset));
            offset += saved.Values.Length;
        }
        Write(values);
    }

    /// <summary>1 where weight decay applies (matrices and kernels), 0 for biases and gains.</summary>
    public float[] DecayMask()
    {
        var mask = new float[Length];
        var offset = 0;
        foreach (var (_, tensor) in Parts)
        {
            var count = (int)tensor.numel();
            if (tensor.dim() > 1) mask.AsSpan(offset, count).Fill(1f);
            offset += count;
        }
        return mask;
    }

    /// <summary>Sets all values.</summary>
    public void Write(ReadOnlySpan<float> values)
    {
        if (values.Length != Length) throw new ArgumentException($"{Length} values expected, found {values.Length}.", nameof(values));
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var offset = 0;
        foreach (var (_, part) in Parts)
        {
            var source = values.Slice(offset, (int)part.numel());
            if (part.device_type == DeviceType.CPU) source.CopyTo(HostTensor.Values(part));
            else part.copy_(HostTensor.Of(source, part.shape));
            offset += source.Length;
        }
    }

    private void ReadEach(Span<float> values, Func<Tensor, Tensor?> select)
    {
        if (values.Length != Length) throw new ArgumentException($"Room for {Length} values expected, found {values.Length}.", nameof(values));
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var offset = 0;
        foreach (var (_, tensor) in Parts)
        {
            var target = values.Slice(offset, (int)tensor.numel());
            if (select(tensor) is { } source) HostTensor.Values(source.cpu().contiguous()).CopyTo(target);
            else target.Clear();
            offset += target.Length;
        }
    }
}
