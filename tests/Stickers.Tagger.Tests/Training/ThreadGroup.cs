using System.Runtime.InteropServices;
using Stickers.Pipeline;

namespace Stickers.Tagger.Tests.Training;

/// <summary>Threads of this process as the ranks of a group.</summary>
internal sealed class ThreadGroup : StageGroup
{
    private readonly Shared _shared;

    private ThreadGroup(int rank, Shared shared) => (Rank, _shared) = (rank, shared);

    public override int Rank { get; }

    public override int Size => _shared.Slots.Length;

    public static IReadOnlyList<StageGroup> Create(int size)
    {
        var shared = new Shared(new byte[size][], new Barrier(size));
        return [.. Enumerable.Range(0, size).Select(rank => new ThreadGroup(rank, shared))];
    }

    public override void Barrier() => Assert.True(_shared.Gate.SignalAndWait(TimeSpan.FromMinutes(2)), "A rank did not come.");

    public override void Sum(Span<float> values)
    {
        _shared.Slots[Rank] = MemoryMarshal.AsBytes(values).ToArray();
        Barrier();
        values.Clear();
        foreach (var slot in _shared.Slots)
        {
            var part = MemoryMarshal.Cast<byte, float>(slot);
            for (var i = 0; i < values.Length; i++) values[i] += part[i];
        }
        Barrier();
    }

    public override void Broadcast(Span<byte> values, int root)
    {
        _shared.Slots[Rank] = values.ToArray();
        Barrier();
        _shared.Slots[root].CopyTo(values);
        Barrier();
    }

    private sealed record Shared(byte[][] Slots, Barrier Gate);
}
