using System.Diagnostics;

namespace Stickers.SimilaritySearch.Api.Access;

/// <summary>Who asks: a key that is in force, with what is left of its rate. Thread-safe.</summary>
internal sealed class Caller(ApiKey key)
{
    private readonly Lock _gate = new();
    private double _tokens = Math.Max(1, key.RequestsPerSecond);
    private long _filled = Stopwatch.GetTimestamp();

    public ApiKey Key => key;

    public ApiScopes Scopes { get; } = key.Scopes.Aggregate(ApiScopes.None, (all, name) => all | (Enum.TryParse<ApiScopes>(name, ignoreCase: true, out var scope) ? scope : ApiScopes.None));

    /// <summary>Takes one request off the rate; otherwise says after how many seconds there is one.</summary>
    public bool TryTake(out int retryAfterSeconds)
    {
        retryAfterSeconds = 0;
        if (key.RequestsPerSecond == 0)
            return true;
        lock (_gate)
        {
            var now = Stopwatch.GetTimestamp();
            _tokens = Math.Min(Math.Max(1, key.RequestsPerSecond), _tokens + (Stopwatch.GetElapsedTime(_filled, now).TotalSeconds * key.RequestsPerSecond));
            _filled = now;
            if (_tokens >= 1)
            {
                _tokens--;
                return true;
            }

            retryAfterSeconds = Math.Max(1, (int)Math.Ceiling((1 - _tokens) / key.RequestsPerSecond));
            return false;
        }
    }
}
