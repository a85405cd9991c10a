using Stickers.Tagger.EightBit;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Stickers.Tagger.Network;

/// <summary>What the network gives for a batch of B stickers.</summary>
/// <param name="TagLogits">(B, V) float32.</param>
/// <param name="Visual">(B, Dv) float32, unit rows.</param>
/// <param name="Semantic">(B, Ds) float32, unit rows.</param>
internal readonly record struct NetworkOutput(Tensor TagLogits, Tensor Visual, Tensor Semantic);

/// <summary>What the last three stages see in a batch of B pictures of side S.</summary>
/// <param name="Second">(B, W1, S/4, S/4).</param>
/// <param name="Third">(B, W2, S/8, S/8).</param>
/// <param name="Fourth">(B, W3, S/16, S/16).</param>
internal readonly record struct StageMaps(Tensor Second, Tensor Third, Tensor Fourth);

/// <summary>
/// A small residual network over RGBA with four heads: tags, visual embedding, semantic embedding, and the binary code of the visual embedding. The tags have
/// learned unit vectors in the semantic space, so that a tag can be searched for as if it were a sticker.
/// </summary>
internal sealed class StickerNet : nn.Module<Tensor, NetworkOutput>
{
    /// <summary>Inverse temperature of the semantic space: cosines are spread to logits of -16 to 16.</summary>
    private static readonly Scalar SemanticScale = 16f;

    /// <summary>Standard deviations at which a squashed value has three quarters of its size; 2 to 4 find as much.</summary>
    public const float SquashDeviations = 3f;
    private static readonly Scalar Squash = SquashDeviations;

    /// <summary>So that no logarithm is of zero.</summary>
    public const float Least = 1e-30f;
    private static readonly Scalar LeastProbability = Least;

    /// <summary>So that a feature of weight zero is not divided by it.</summary>
    private static readonly Scalar Tiny = 1e-12f;
    private static readonly Scalar Half = 0.5f;

    private readonly ConvBatchNorm stem;
    private readonly Sequential layer1;
    private readonly Sequential layer2;
    private readonly Sequential layer3;
    private readonly Sequential layer4;
    private readonly BatchNorm feature_norm;
    private readonly Linear tag_head;
    private readonly Linear visual_head;
    private readonly Linear semantic_head;
    private readonly Parameter tag_vectors;
    private readonly Linear? code_head;
    private readonly Tensor? prototypes;
    private readonly Tensor? prototype_tags;

    private Mixing _mixing;

    public StickerNet(NetworkConfiguration configuration) : base(nameof(StickerNet))
    {
        Configuration = configuration;
        _mixing = new Mixing(configuration.Mixture);
        var widths = configuration.Widths;
        var blocks = configuration.Blocks;
        stem = new ConvBatchNorm(4, widths[0], 3, 2);
        layer1 = Stage(widths[0], widths[0], blocks[0], 1);
        layer2 = Stage(widths[0], widths[1], blocks[1], 2);
        layer3 = Stage(widths[1], widths[2], blocks[2], 2);
        layer4 = Stage(widths[2], widths[3], blocks[3], 2);
        FeatureCount = (widths[1] * 16) + (widths[2] * 4) + widths[3];
        feature_norm = new BatchNorm(FeatureCount, zeroGamma: false);
        tag_head = nn.Linear(FeatureCount, configuration.Tags);
        visual_head = nn.Linear(FeatureCount, configuration.VisualDimension);
        semantic_head = nn.Linear(FeatureCount, configuration.SemanticDimension);
        tag_vectors = new Parameter(randn(configuration.Meanings, configuration.SemanticDimension));
        // Made last: the weights before it are drawn as they are without it.
        if (configuration.CodeBits > 0) code_head = nn.Linear(configuration.VisualDimension, configuration.CodeBits);
        RegisterComponents();
        if (configuration.Prototypes == 0) return;
        prototypes = zeros(configuration.Prototypes, configuration.SemanticDimension);
        prototype_tags = zeros(configuration.PrototypeTags, 2);
        register_buffer(nameof(prototypes), prototypes);
        register_buffer(nameof(prototype_tags), prototype_tags);
    }

    /// <summary>The shape.</summary>
    public NetworkConfiguration Configuration { get; private set; }

    /// <summary>Number of values that the heads read, F = 16 * W1 + 4 * W2 + W3.</summary>
    public int FeatureCount { get; }

    /// <summary>The tags' unit vectors in the semantic space: (M, Ds).</summary>
    public Tensor TagVectors => nn.functional.normalize(tag_vectors, 2, 1);

    /// <summary>Makes the normalisations of the trunk part of its kernels, for a network that learns no more; answers change by rounding.</summary>
    public void Fold()
    {
        stem.Fold();
        foreach (var block in Stages.SelectMany(stage => stage)) block.Fold();
    }

    /// <summary>Ranges of the trunk's activations, by which it runs in 8 bits; null where it runs in float32 alone.</summary>
    public ActivationRanges? Ranges { get; set; }

    /// <summary>The blocks of each of the four stages.</summary>
    private IEnumerable<IEnumerable<BasicBlock>> Stages => new[] { layer1, layer2, layer3, layer4 }.Select(stage => stage.children().OfType<BasicBlock>());

    /// <summary>What each ReLU of the trunk gives for an input: the stem's, then of each block the one between its convolutions and the one after it.</summary>
    public IEnumerable<Tensor> Activations(Tensor input)
    {
        var x = stem.forward(input);
        yield return x;
        foreach (var block in Stages.SelectMany(stage => stage))
        {
            var between = block.First.forward(x);
            yield return between;
            yield return x = block.After(x, between);
        }
    }

    /// <summary>Starts every tag at its frequency, so that the first steps do not spend themselves on learning that tags are rare.</summary>
    public void InitializeTagBias(ReadOnlySpan<float> logOdds)
    {
        using var noGrad = no_grad();
        using var bias = torch.tensor(logOdds.ToArray());
        tag_head.bias!.copy_(bias);
    }

    /// <summary>Logits over all meanings by similarity in the semantic space: (B, Ds) -> (B, M).</summary>
    public Tensor SemanticLogits(Tensor semantic) => semantic.matmul(TagVectors.t()).mul(SemanticScale);

    /// <summary>Unit semantic vectors of what <see cref="SemanticFeatures"/> gave: (B, F) -> (B, Ds).</summary>
    public Tensor SemanticOf(Tensor read) => Unit(semantic_head.forward(read));

    /// <summary>
    /// What the semantic head reads of the features: (B, F) -> (B, F). Squashed, a value that lies far out among all stickers counts little more than one that lies clearly out, so
    /// that a few loud features of one picture do not decide what it means.
    /// </summary>
    public Tensor SemanticFeatures(Tensor features) => Configuration.SquashedSemantics
        ? Normalised(features).div(Squash).tanh()
        : features;

    /// <summary>Values whose signs are the binary code of visual vectors: (B, Dv) -> (B, bits). No gradient reaches the vectors.</summary>
    /// <exception cref="InvalidOperationException">The network has no such head.</exception>
    public Tensor CodeValues(Tensor visual) => code_head?.forward(visual.detach()) ?? throw new InvalidOperationException("The network has no head for binary codes.");

    /// <summary>The head for binary codes, or null when there is none.</summary>
    public Linear? CodeHead => code_head;

    /// <summary>Replaces the head for binary codes: bits x Dv weights, row-major, and bits offsets.</summary>
    public void SetCodeHead(ReadOnlySpan<float> weights, ReadOnlySpan<float> offsets)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        code_head!.weight.copy_(HostTensor.Of(weights, code_head.weight.shape));
        code_head.bias!.copy_(HostTensor.Of(offsets, offsets.Length));
    }

    /// <summary>Features as numbers of standard deviations: (B, F) -> (B, F). One of weight zero is zero.</summary>
    public Tensor Normalised(Tensor features) => features.sub(feature_norm.Bias).div(feature_norm.Weight.add(Tiny, Scalars.One));

    /// <summary>Brings the tag head halfway to another one, which reads features as <see cref="Normalised"/> has them: weight (V, F), bias (V). Their logits are averaged.</summary>
    public void AverageTagHead(Tensor weight, Tensor bias)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var read = weight.div(feature_norm.Weight.add(Tiny, Scalars.One));
        tag_head.weight.add_(read, Scalars.One).mul_(Half);
        tag_head.bias!.add_(bias.sub(read.matmul(feature_norm.Bias)), Scalars.One).mul_(Half);
    }

    /// <summary>Takes the weights and running statistics of a network that differs at most in the length of its semantic vectors.</summary>
    public void CopyAllButSemantics(StickerNet other) => Copy(other, name => !name.StartsWith(nameof(semantic_head), StringComparison.Ordinal) && name is not nameof(tag_vectors));

    /// <summary>The same network with prototypes of validation stickers behind its own; the caller disposes it.</summary>
    /// <param name="vectors">(C, Ds), of any length.</param>
    /// <param name="tags">Which of them have which tags.</param>
    public StickerNet WithValidation(Tensor vectors, IReadOnlyList<(int Prototype, int Tag)> tags)
    {
        var (own, added) = (Configuration.Prototypes, (int)vectors.shape[0]);
        var net = new StickerNet(Configuration with { Prototypes = own + added, ValidationPrototypes = added, PrototypeTags = Configuration.PrototypeTags + tags.Count });
        net.Copy(this, _ => true);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        net.prototypes!.copy_(cat([prototypes!, Unit(vectors)]));
        net.prototype_tags!.copy_(cat([prototype_tags!, PairsOf(tags).add(tensor(new float[] { own, 0 }), Scalars.One)]));
        return net;
    }

    /// <summary>Takes what another network has, but for prototypes.</summary>
    private void Copy(StickerNet other, Func<string, bool> wanted)
    {
        using var noGrad = no_grad();
        Ranges = other.Ranges;
        var theirs = Tensors(other).ToDictionary();
        foreach (var (name, tensor) in Tensors(this))
        {
            if (name is not (nameof(prototypes) or nameof(prototype_tags)) && wanted(name)) tensor.copy_(theirs[name]);
        }

        static IEnumerable<(string Name, Tensor Tensor)> Tensors(StickerNet net) => FlatParameters.Of(net).Parts.Concat(FlatParameters.BuffersOf(net).Parts);
    }

    /// <summary>Replaces the semantic head: weight (Ds, F), bias (Ds).</summary>
    public void SetSemanticHead(Tensor weight, Tensor bias)
    {
        using var noGrad = no_grad();
        semantic_head.weight.copy_(weight);
        semantic_head.bias!.copy_(bias);
    }

    /// <summary>Replaces the tags' vectors, (M, Ds), of any length.</summary>
    public void SetTagVectors(Tensor vectors)
    {
        using var noGrad = no_grad();
        tag_vectors.copy_(Unit(vectors));
    }

    /// <summary>Replaces the prototypes: (C, Ds) of any length, and the tags of each.</summary>
    public void SetPrototypes(Tensor vectors, IReadOnlyList<(int Prototype, int Tag)> tags)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        prototypes!.copy_(Unit(vectors));
        prototype_tags!.copy_(PairsOf(tags));
    }

    private static Tensor PairsOf(IReadOnlyList<(int Prototype, int Tag)> tags) => tensor([.. tags.SelectMany(pair => new float[] { pair.Prototype, pair.Tag })], [tags.Count, 2]);

    /// <summary>What all heads read, (B, F) float32: what is shown, and coarsely where.</summary>
    /// <param name="input">(B, 4, S, S), S a multiple of 16: RGB composed over a background, and alpha; each scaled to about -2 to 2. float32 or bfloat16.</param>
    public Tensor ForwardFeatures(Tensor input) => FeaturesOf(ForwardStages(input));

    /// <summary>What the last three stages see in an input of <see cref="ForwardFeatures"/>.</summary>
    public StageMaps ForwardStages(Tensor input)
    {
        var x = layer1.forward(stem.forward(input));        // (B, W0, S/2, S/2)
        var x2 = layer2.forward(x);
        var x3 = layer3.forward(x2);
        return new StageMaps(x2, x3, layer4.forward(x3));
    }

    /// <summary>
    /// Logits of the tags: (B, F) -> (B, V). A tag's probability is a mixture of what the tag head says and of the share that those with this tag have in the similarity to all
    /// prototypes (a softmax of cosines, as in Snell et al. 2017): what a sticker means is told by those it means the same as.
    /// </summary>
    /// <param name="features">Of <see cref="ForwardFeatures"/>.</param>
    /// <param name="semantic">(B, Ds), the semantic vectors of the same stickers.</param>
    public Tensor TagLogits(Tensor features, Tensor semantic)
    {
        var own = tag_head.forward(features);
        if (prototypes is null || prototype_tags is null) return own;
        var near = semantic.matmul(prototypes.t()).mul(_mixing.Spread).softmax(1);                                  // (B, C)
        var (which, tags) = (prototype_tags.select(1, 0).to_type(ScalarType.Int64), prototype_tags.select(1, 1).to_type(ScalarType.Int64));
        var shares = zeros_like(own).index_add(1, tags, near.index_select(1, which), Scalars.One);                   // (B, V)
        var others = shares.neg().add(Scalars.One, Scalars.One).relu();
        var given = own.sigmoid().mul(_mixing.OfTagHead).add(shares.mul(_mixing.OfPrototypes), Scalars.One);
        var missing = own.neg().sigmoid().mul(_mixing.OfTagHead).add(others.mul(_mixing.OfPrototypes), Scalars.One);
        return given.clamp_min(LeastProbability).log().sub(missing.clamp_min(LeastProbability).log());
    }

    /// <summary>Sets <see cref="NetworkConfiguration.PrototypeSpread"/>.</summary>
    public void SetPrototypeSpread(float spread)
    {
        Configuration = Configuration with { PrototypeSpread = spread };
        _mixing = new Mixing(Configuration.Mixture);
    }

    /// <param name="maps">Of <see cref="ForwardStages"/>.</param>
    /// <returns>(B, F) float32.</returns>
    public Tensor FeaturesOf(in StageMaps maps)
    {
        var pool = maps.Second.shape[2] / 4;
        // Stickers are drawn to a plan, eyes above mouth: where parts are says what they mean. Coarse maps of two earlier stages and the
        // mean of the last, each at unit length, then every value scaled by its spread, so that no head has to undo their sizes.
        var layout2 = nn.functional.avg_pool2d(maps.Second.to_type(ScalarType.Float32), pool, pool).flatten(1); // (B, W1 * 16)
        var layout3 = nn.functional.avg_pool2d(maps.Third.to_type(ScalarType.Float32), pool, pool).flatten(1);  // (B, W2 * 4)
        var content = maps.Fourth.to_type(ScalarType.Float32).mean([2, 3]);                                     // (B, W3)
        return feature_norm.forward(cat([Unit(layout2), Unit(layout3), Unit(content)], 1));
    }

    /// <param name="input">As <see cref="ForwardFeatures"/> takes it.</param>
    public override NetworkOutput forward(Tensor input) => Heads(ForwardFeatures(input));

    /// <summary>What the heads make of features: (B, F).</summary>
    public NetworkOutput Heads(Tensor features)
    {
        var semantic = SemanticOf(SemanticFeatures(features));
        return new NetworkOutput(TagLogits(features, semantic), Unit(visual_head.forward(features)), semantic);
    }

    private static Tensor Unit(Tensor rows) => nn.functional.normalize(rows, 2, 1);

    private static Sequential Stage(int inChannels, int outChannels, int blocks, int stride) =>
        nn.Sequential(Enumerable.Range(0, blocks).Select(i =>
            (nn.Module<Tensor, Tensor>)new BasicBlock(i == 0 ? inChannels : outChannels, outChannels, i == 0 ? stride : 1)));

    /// <summary>How prototypes and tag head are mixed.</summary>
    private sealed class Mixing((float Spread, float Share) of)
    {
        public Scalar Spread { get; } = of.Spread;

        public Scalar OfTagHead { get; } = of.Share;

        public Scalar OfPrototypes { get; } = 1 - of.Share;
    }
}
