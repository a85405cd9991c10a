using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Stickers.Tagger.Network;

/// <summary>Batch normalisation over (B, H, W) with PyTorch's names, without its count of batches, which nothing here reads.</summary>
internal sealed class BatchNorm : nn.Module<Tensor, Tensor>
{
    private const double Momentum = 0.1;
    private const double Epsilon = 1e-5;
    private static readonly Scalar EpsilonScalar = Epsilon;
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly Tensor running_mean;
    private readonly Tensor running_var;

    /// <param name="channels">Channels in and out.</param>
    /// <param name="zeroGamma">Starts as zero, so that a residual block starts as the identity (Goyal et al. 2017, section 5.1).</param>
    public BatchNorm(int channels, bool zeroGamma) : base(nameof(BatchNorm))
    {
        weight = new Parameter(zeroGamma ? zeros(channels) : ones(channels));
        bias = new Parameter(zeros(channels));
        running_mean = zeros(channels);
        running_var = ones(channels);
        register_buffer(nameof(running_mean), running_mean);
        register_buffer(nameof(running_var), running_var);
        RegisterComponents();
    }

    /// <summary>What normalised values are multiplied by: (C).</summary>
    public Tensor Weight => weight;

    /// <summary>What is then added: (C).</summary>
    public Tensor Bias => bias;

    /// <summary>In evaluation mode the layer is x * scale + offset; both are (C).</summary>
    public (Tensor Scale, Tensor Offset) Affine()
    {
        var scale = weight.div(running_var.add(EpsilonScalar, Scalars.One).sqrt());
        return (scale, bias.sub(running_mean.mul(scale)));
    }

    public override Tensor forward(Tensor input) =>
        nn.functional.batch_norm(input, running_mean, running_var, weight, bias, training, Momentum, Epsilon);
}

/// <summary>Convolution without bias, batch normalisation, optional ReLU.</summary>
internal sealed class ConvBatchNorm : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly BatchNorm bn;
    private readonly long[] _stride;
    private readonly long[] _padding;
    private readonly bool _relu;
    private (Tensor Kernel, Tensor Bias)? _folded;

    /// <param name="inChannels">Channels in.</param>
    /// <param name="outChannels">Channels out.</param>
    /// <param name="kernel">Side of the kernel; the input is padded so that stride 1 keeps its size.</param>
    /// <param name="stride">Step of the kernel.</param>
    /// <param name="relu">Whether a ReLU follows.</param>
    /// <param name="zeroGamma">Whether the normalisation starts as zero.</param>
    public ConvBatchNorm(int inChannels, int outChannels, int kernel, int stride, bool relu = true, bool zeroGamma = false) : base(nameof(ConvBatchNorm))
    {
        _stride = [stride, stride];
        _padding = [(kernel - 1) / 2, (kernel - 1) / 2];
        _relu = relu;
        weight = new Parameter(empty(outChannels, inChannels, kernel, kernel));
        nn.init.kaiming_normal_(weight, mode: nn.init.FanInOut.FanIn, nonlinearity: nn.init.NonlinearityType.ReLU);
        bn = new BatchNorm(outChannels, zeroGamma);
        RegisterComponents();
    }

    /// <summary>Makes the normalisation part of the kernel, for networks that learn no more: one pass over the output less.</summary>
    public void Fold()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (scale, offset) = bn.Affine();
        // In the order in which the inputs lie, so that it is not brought into it at every call.
        var kernel = weight.mul(scale.view(-1, 1, 1, 1)).ChannelsLast();
        _folded = (kernel.DetachFromDisposeScope(), offset.DetachFromDisposeScope());
    }

    /// <summary>Computes in the input's type: bfloat16 in gives bfloat16 out, the weights staying float32.</summary>
    public override Tensor forward(Tensor input)
    {
        // (B, Cin, H, W) -> (B, Cout, H / stride, W / stride)
        if (_folded is var (folded, offset))
        {
            var whole = nn.functional.conv2d(input, folded, offset, _stride, _padding, [1L, 1L], 1);
            return _relu ? whole.relu_() : whole;
        }

        // In the order of the inputs, to which LibTorch brings it otherwise in both passes.
        var kernel = (input.dtype == ScalarType.Float32 ? weight : weight.to_type(input.dtype)).ChannelsLast();
        var output = bn.forward(nn.functional.conv2d(input, kernel, null, _stride, _padding, [1L, 1L], 1));
        return _relu ? output.relu_() : output;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _folded is var (kernel, offset))
        {
            kernel.Dispose();
            offset.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>The basic residual block of He et al. 2015 (figure 2) with a projection where shapes differ.</summary>
internal sealed class BasicBlock : nn.Module<Tensor, Tensor>
{
    private readonly ConvBatchNorm conv1;
    private readonly ConvBatchNorm conv2;
    private readonly ConvBatchNorm? downsample;

    public BasicBlock(int inChannels, int outChannels, int stride) : base(nameof(BasicBlock))
    {
        conv1 = new ConvBatchNorm(inChannels, outChannels, 3, stride);
        conv2 = new ConvBatchNorm(outChannels, outChannels, 3, 1, relu: false, zeroGamma: true);
        if (stride != 1 || inChannels != outChannels)
            downsample = new ConvBatchNorm(inChannels, outChannels, 1, stride, relu: false);
        RegisterComponents();
    }

    /// <summary>The first convolution.</summary>
    public ConvBatchNorm First => conv1;

    /// <summary>The second, which has no ReLU.</summary>
    public ConvBatchNorm Second => conv2;

    /// <inheritdoc cref="ConvBatchNorm.Fold"/>
    public void Fold()
    {
        conv1.Fold();
        conv2.Fold();
        downsample?.Fold();
    }

    public override Tensor forward(Tensor input) => After(input, conv1.forward(input));

    /// <summary>The block's output, of its input and of the first convolution's output.</summary>
    public Tensor After(Tensor input, Tensor between)
    {
        // (B, Cin, H, W) -> (B, Cout, H / stride, W / stride)
        var residual = conv2.forward(between);
        return residual.add_(downsample is null ? input : downsample.forward(input), Scalars.One).relu_();
    }
}
