namespace Stickers.Pipeline;

/// <summary>
/// This one item cannot be processed, whatever is tried: thrown by work that <see cref="ShardContext.Each{TIn, TOut}(IAsyncEnumerable{TIn}, Func{TIn, string}, Func{TIn, TOut}, int?)"/>
/// runs, it sends the item to quarantine. Any other exception fails the job.
/// </summary>
/// <param name="errorClass">A short stable word for the kind of error, e.g. <c>Truncated</c>; <c>--retry-failed</c> selects by it.</param>
/// <param name="reason">One sentence for people.</param>
/// <param name="cause">What was caught, if anything.</param>
public class BadItemException(string errorClass, string reason, Exception? cause = null) : Exception(reason, cause)
{
    /// <summary>A short stable word for the kind of error.</summary>
    public string ErrorClass { get; } = errorClass;
}
