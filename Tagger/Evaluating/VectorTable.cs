namespace Stickers.Tagger.Evaluating;

/// <summary>Vectors of one length in one block of memory, row-major; rows are added in order.</summary>
public sealed class VectorTable
{
    private float[] _data;

    /// <summary>Creates an empty table.</summary>
    /// <param name="dimension">Length of every vector, at least 1.</param>
    /// <param name="capacity">Rows to make room for at once.</param>
    public VectorTable(int dimension, int capacity = 64)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        Dimension = dimension;
        _data = new float[checked(dimension * Math.Max(1, capacity))];
    }

    /// <summary>Length of every vector.</summary>
    public int Dimension { get; }

    /// <summary>Number of rows.</summary>
    public int Count { get; private set; }

    /// <summary>One vector.</summary>
    public ReadOnlySpan<float> this[int row]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Count, nameof(row));
            return _data.AsSpan(row * Dimension, Dimension);
        }
    }

    /// <summary>Appends a copy of a vector.</summary>
    /// <exception cref="ArgumentException">Its length is not <see cref="Dimension"/>.</exception>
    public void Add(ReadOnlySpan<float> vector)
    {
        if (vector.Length != Dimension)
            throw new ArgumentException($"The vector has {vector.Length} numbers; this table holds vectors of {Dimension}.", nameof(vector));
        if ((Count + 1) * Dimension > _data.Length)
            Array.Resize(ref _data, checked(_data.Length * 2));
        vector.CopyTo(_data.AsSpan(Count * Dimension));
        Count++;
    }
}
