using Stickers.Catalogue;
using Stickers.Tagger.Network;
using TorchSharp;
using static TorchSharp.torch;

namespace Stickers.Tagger.Training;

/// <summary>
/// Gives the semantic space its final form once the trunk is trained, in closed form. The head becomes a linear discriminant analysis
/// (Rao 1948) between the distinct sets of tags: directions in which stickers of one meaning differ, drawn by different hands, are shrunk,
/// those in which meanings differ are kept. The tags' vectors are then fitted by ridge regression on the stickers' vectors, and each prototype (Snell et al. 2017) is the mean of its stickers' vectors.
/// </summary>
/// <param name="net">The trained network, with as many prototypes as <paramref name="sets"/> has; its semantic head, tag vectors and prototypes are replaced.</param>
/// <param name="set">What it learned from.</param>
/// <param name="sets">The sets of tags of the stickers that are learned from.</param>
/// <param name="features">What the network sees in it.</param>
internal sealed class SemanticFit(StickerNet net, TrainingSet set, TagSets sets, TrainingFeatures features)
{
    /// <summary>Length of a fitted semantic vector; chosen on concepts left out of the fit, where half as many find less.</summary>
    public const int Dimension = 512;

    /// <summary>How much the tag head's say of a tag weighs beside the prototypes'; chosen on validation packs, where a fifth to four tenths are as good.</summary>
    public const float TagHeadShare = 0.3f;

    /// <summary>With fewer stickers a feature beyond the first of each set, the scatter within meanings is not known: the learned head stays.</summary>
    private const double LeastEvidence = 0.25;

    /// <summary>Share of a round distribution in the scatter within meanings; chosen on validation packs, where 0.05 to 0.2 are as good.</summary>
    private static readonly Scalar Shrinkage = 0.1;
    private static readonly Scalar Unshrunk = 0.9;

    /// <summary>Strength of the ridge relative to the mean variance; chosen on validation packs, where 0.03 to 0.3 are as good.</summary>
    private static readonly Scalar Ridge = 0.1;
    private static readonly Scalar Zero = 0.0;

    private readonly int[] _rows = features.Rows;

    /// <summary>Fits head and tag vectors. Two passes over the stickers, one if they are few.</summary>
    /// <param name="progress">Told of the stickers seen.</param>
    /// <param name="cancellation">Stops between two batches; the network may then have its new head but the old tag vectors.</param>
    /// <returns>False when too few stickers share their tags with others: nothing was changed.</returns>
    public bool Apply(IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        int members = sets.Counts.Sum(), width = net.FeatureCount;
        if (net.Configuration.SemanticDimension > width || members - sets.Counts.Length < LeastEvidence * width) return false;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        FitHead(members, progress, cancellation);
        FitVectors(progress, cancellation);
        return true;
    }

    private void FitHead(int members, IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        var (width, dimension) = (net.FeatureCount, net.Configuration.SemanticDimension);
        var squares = zeros(width, width, ScalarType.Float64);      // (F, F): sum of x xT
        var sums = zeros(sets.Counts.Length, width);                // (C, F): sum of x by set
        ForEachBatch((first, x) =>
        {
            var told = AddTo(sums, sets.OfRows, first, x);
            squares.add_(told.t().matmul(told).to_type(ScalarType.Float64), Scalars.One);
        }, progress, cancellation);

        var total = tensor((double)members);
        var means = sums.to_type(ScalarType.Float64);
        var mean = means.sum([0L]).div(total);                                                                        // (F)
        var weighted = means.div(tensor(Array.ConvertAll(sets.Counts, c => Math.Sqrt(c))).unsqueeze(1));                // (C, F)
        var around = weighted.t().matmul(weighted);                                                                // (F, F)
        var between = around.div(total).sub(mean.outer(mean));
        var within = squares.sub(around).div(total);
        within = within.mul(Unshrunk).add(eye(width, dtype: ScalarType.Float64).mul(within.diagonal().mean()).mul(Shrinkage), Scalars.One);
        var whitening = linalg.inv(linalg.cholesky(within));                                                       // (F, F): whitens what differs within
        var (values, vectors) = linalg.eigh(whitening.matmul(between).matmul(whitening.t()));                      // ascending
        var gain = values.slice(0, width - dimension, width, 1).clamp_min(Zero);
        // Each direction counts by the share of its variance that is between meanings: one without any vanishes.
        gain = gain.div(gain.add(Scalars.One, Scalars.One)).sqrt();
        var head = whitening.t().matmul(vectors.slice(1, width - dimension, width, 1)).mul(gain).t();              // (Ds, F)
        net.SetSemanticHead(head.to_type(ScalarType.Float32), head.matmul(mean).neg().to_type(ScalarType.Float32));
    }

    private void FitVectors(IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        var (meanings, dimension) = (net.Configuration.Meanings, net.Configuration.SemanticDimension);
        var squares = zeros(dimension, dimension, ScalarType.Float64);
        var sums = zeros(meanings, dimension);
        var prototypes = zeros(sets.PrototypeCount, dimension);
        var carriers = new double[meanings];
        var all = zeros(dimension, ScalarType.Float64);
        ForEachBatch((first, x) =>
        {
            var semantic = net.SemanticOf(x);                                                                      // (n, Ds)
            var pairs = Enumerable.Range(0, (int)x.shape[0]).SelectMany(i => set.Rows[_rows[first + i]].Tags.Select(tag => (Sticker: i, Tag: tag))).ToArray();
            foreach (var (_, tag) in pairs) carriers[tag]++;
            sums.index_add_(0, Indices(Array.ConvertAll(pairs, p => p.Tag)), semantic.index_select(0, Indices(Array.ConvertAll(pairs, p => p.Sticker))), Scalars.One);
            squares.add_(semantic.t().matmul(semantic).to_type(ScalarType.Float64), Scalars.One);
            AddTo(prototypes, sets.PrototypeOfRows, first, semantic);
            all.add_(semantic.sum([0L]).to_type(ScalarType.Float64), Scalars.One);
        }, progress, cancellation);

        var total = tensor((double)_rows.Length);
        var second = squares.div(total);
        second = second.add(eye(dimension, dtype: ScalarType.Float64).mul(second.diagonal().mean()).mul(Ridge), Scalars.One);
        var covariance = sums.to_type(ScalarType.Float64).sub(tensor(carriers).outer(all.div(total))).div(total);  // (M, Ds)
        net.SetTagVectors(linalg.solve(second, covariance.t()).t().to_type(ScalarType.Float32));
        net.SetPrototypes(prototypes, sets.Suggested);
    }

    /// <summary>Makes prototypes of stickers that the fit has not seen: (C, Ds), of any length.</summary>
    /// <param name="net">The fitted network.</param>
    /// <param name="sets">Theirs.</param>
    /// <param name="features">What the network sees in them.</param>
    /// <param name="progress">Told of the stickers seen.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public static Tensor PrototypesOf(StickerNet net, TagSets sets, TrainingFeatures features, IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        using var noGrad = no_grad();
        var prototypes = zeros(sets.PrototypeCount, net.Configuration.SemanticDimension);
        features.ForEachBatch((first, x) =>
        {
            AddTo(prototypes, sets.PrototypeOfRows, first, net.SemanticOf(net.SemanticFeatures(x)));
            progress?.Report(new JobProgress("prototypes", first + x.shape[0], sets.Rows.Length, "stickers"));
        }, cancellation);
        return prototypes;
    }

    /// <summary>Adds each row of a batch to the sum that it belongs to: (n, K) to (C, K).</summary>
    /// <returns>The rows that belong to one.</returns>
    private static Tensor AddTo(Tensor sums, int[] of, int first, Tensor rows)
    {
        var known = Enumerable.Range(0, (int)rows.shape[0]).Where(i => of[first + i] >= 0).ToArray();
        var told = rows.index_select(0, Indices(known));
        sums.index_add_(0, Indices(Array.ConvertAll(known, i => of[first + i])), told, Scalars.One);
        return told;
    }

    /// <summary>Calls back with what the semantic head reads of batch after batch: the place of its first sticker among the rows, and (n, F).</summary>
    private void ForEachBatch(Action<int, Tensor> use, IProgress<JobProgress>? progress, CancellationToken cancellation) =>
        features.ForEachBatch((first, values) =>
        {
            use(first, net.SemanticFeatures(values));
            progress?.Report(new JobProgress("semantics", first + values.shape[0], _rows.Length, "stickers"));
        }, cancellation);

    private static Tensor Indices(int[] values) => tensor(Array.ConvertAll(values, value => (long)value));
}
