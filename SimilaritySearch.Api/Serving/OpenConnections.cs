using Microsoft.AspNetCore.Connections;

namespace Stickers.SimilaritySearch.Api.Serving;

/// <summary>Counts the connections that are open. Each asks one thing after the other: no more requests than these are in the server at once.</summary>
internal sealed class OpenConnections
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Counts each connection as long as the next delegate serves it.</summary>
    public ConnectionDelegate Follow(ConnectionDelegate next) => async connection =>
    {
        Interlocked.Increment(ref _count);
        try
        {
            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _count);
        }
    };
}
