using System.Runtime.InteropServices;

namespace Stickers.Pipeline.Running;

/// <summary>The workers of a stage that run in one process.</summary>
internal sealed class LocalGroup : StageGroup
{
    private readonly Shared _shared;

    private LocalGroup(int rank, Shared shared) => (Rank, _shared) = (rank, shared);

    public override int Rank { get; }

    public override int Size => _shared.Slots.Length;

    /// <param name="size">Number of workers.</param>
    /// <param name="cancellation">Ends every wait: a worker that has failed will never come.</param>
    public static IReadOnlyList<StageGroup> Create(int size, CancellationToken cancellation)
    {
        var shared = new Shared(new byte[]?[size], new Barrier(size), cancellation);
        return [.. Enumerable.Range(0, size).Select(rank => new LocalGroup(rank, shared))];
    }

    public override void Barrier() => _shared.Gate.SignalAndWait(_shared.Cancellation);

    public override void Sum(Span<float> values)
    {
        Publish(MemoryMarshal.AsBytes(values));
        values.Clear();
        foreach (var slot in _shared.Slots)
        {
            var part = MemoryMarshal.Cast<byte, float>(slot);
            if (part.Length != values.Length) throw new InvalidOperationException($"Worker {Rank} sums up {values.Length} values, another one {part.Length}.");
            for (var i = 0; i < values.Length; i++) values[i] += part[i];
        }

        Barrier();
    }

    public override void Broadcast(Span<byte> values, int root)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)root, (uint)Size, nameof(root));
        Publish(Rank == root ? values : []);
        _shared.Slots[root].CopyTo(values);
        Barrier();
    }

    private void Publish(ReadOnlySpan<byte> values)
    {
        _shared.Slots[Rank] = values.ToArray();
        Barrier();
    }

    private sealed record Shared(byte[]?[] Slots, Barrier Gate, CancellationToken Cancellation);
}
