using Stickers.Pipeline.Transport;

namespace Stickers.Pipeline.Processes;

/// <summary>The processes that run one job together, and how they find each other.</summary>
internal abstract class World
{
    /// <summary>0 to <see cref="Size"/> - 1.</summary>
    public abstract int Rank { get; }

    /// <summary>Number of processes.</summary>
    public abstract int Size { get; }

    /// <summary>Cores of this machine over ranks on it: how many threads one rank may use, 1 or more.</summary>
    public abstract int Threads { get; }

    /// <summary>
    /// Whether a failure of one rank ends all others from outside. Then a failing rank leaves its edges as they are: what others would say of
    /// them only hides the cause.
    /// </summary>
    public abstract bool EndsTogether { get; }

    /// <summary>Brings what every rank says to every rank, in the order of ranks. Collective.</summary>
    public abstract IReadOnlyList<byte[]> Exchange(ReadOnlySpan<byte> mine);

    /// <summary>The group of all ranks that give the same colour. Collective.</summary>
    public abstract StageGroup Split(int color);

    /// <summary>Opens the receiving end of an edge.</summary>
    /// <param name="options">The same for all ends.</param>
    /// <param name="receiver">This rank among the edge's receivers.</param>
    /// <param name="receivers">How many there are.</param>
    /// <param name="senders">How many senders there are.</param>
    /// <returns>The end, and where senders find it.</returns>
    public abstract Task<(EdgeReader Reader, string Address)> OpenReaderAsync(EdgeOptions options, int receiver, int receivers, int senders);

    /// <summary>Opens the sending end.</summary>
    /// <param name="options">The same for all ends.</param>
    /// <param name="sender">This rank among the edge's senders.</param>
    /// <param name="senders">How many there are.</param>
    /// <param name="addresses">Every receiver's.</param>
    public abstract EdgeWriter OpenWriter(EdgeOptions options, int sender, int senders, IReadOnlyList<string> addresses);
}
