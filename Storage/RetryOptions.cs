namespace Stickers.Storage;

/// <summary>How long a store over a network keeps trying: a call ends at the latest after both times together.</summary>
public sealed record RetryOptions
{
    /// <summary>From a call's beginning to its last attempt; 0 for one attempt only.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time of one attempt; positive.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Mean wait after the first failed attempt; doubled with each.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait between two attempts.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The wait after a failed attempt: exponential, spread evenly from none to twice the mean, so that many callers do not come back at once.</summary>
    /// <param name="attempt">1 for the first.</param>
    /// <param name="random">From 0 to 1.</param>
    internal TimeSpan DelayAfter(int attempt, double random)
    {
        var mean = FirstDelay * Math.Pow(2, Math.Min(attempt - 1, 30));
        var delay = mean * (2 * random);
        return delay < MaxDelay ? delay : MaxDelay;
    }
}
