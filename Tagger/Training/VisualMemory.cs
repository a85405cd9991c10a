using static TorchSharp.torch;

namespace Stickers.Tagger.Training;

/// <summary>The last visual vector seen of every training sticker, from which the visual loss draws its positives and negatives.</summary>
internal sealed class VisualMemory : IDisposable
{
    /// <summary>Other stickers that one step is compared with.</summary>
    private const int Negatives = 2048;

    private readonly IReadOnlyList<TrainingRow> _rows;
    private readonly int[] _members;

    /// <param name="rows">All rows of the training set.</param>
    /// <param name="members">Row numbers that are trained on.</param>
    /// <param name="dimension">Length of a vector.</param>
    public VisualMemory(IReadOnlyList<TrainingRow> rows, int[] members, int dimension)
    {
        _rows = rows;
        _members = members;
        Vectors = zeros(rows.Count, dimension).DetachFromDisposeScope();
    }

    /// <summary>(rows, D); a zero row was not seen yet.</summary>
    public Tensor Vectors { get; }

    /// <summary>What one ghost batch is compared with.</summary>
    /// <param name="Own">(B, D)</param>
    /// <param name="Others">(N, D)</param>
    /// <param name="SameGroup">(B, N)</param>
    internal sealed record Sample(Tensor Own, Tensor Others, Tensor SameGroup) : IDisposable
    {
        public void Dispose()
        {
            Own.Dispose();
            Others.Dispose();
            SameGroup.Dispose();
        }
    }

    /// <summary>Draws what a ghost batch is compared with.</summary>
    public Sample Draw(IReadOnlyList<BatchItem> items, Random random)
    {
        using var scope = NewDisposeScope();
        var others = new long[Math.Min(Negatives, _members.Length)];
        for (var i = 0; i < others.Length; i++) others[i] = _members[random.Next(_members.Length)];
        using var own = tensor(items.Select(i => (long)i.Row).ToArray());
        using var rest = tensor(others);
        using var ownGroups = tensor(items.Select(i => (long)_rows[i.Row].Group).ToArray());
        using var restGroups = tensor(others.Select(o => (long)_rows[(int)o].Group).ToArray());
        return new Sample(
            Vectors.index_select(0, own).MoveToOuterDisposeScope(),
            Vectors.index_select(0, rest).MoveToOuterDisposeScope(),
            ownGroups.unsqueeze(1).eq(restGroups.unsqueeze(0)).to_type(ScalarType.Float32).MoveToOuterDisposeScope());
    }

    /// <summary>Remembers the mean of the old and the new vector, at unit length.</summary>
    public void Remember(IReadOnlyList<BatchItem> items, Tensor visual)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var rows = tensor(items.Select(i => (long)i.Row).ToArray());
        var mixed = nn.functional.normalize(Vectors.index_select(0, rows) + visual, 2, 1);
        Vectors.index_copy_(0, rows, mixed);
    }

    public void Dispose() => Vectors.Dispose();
}
