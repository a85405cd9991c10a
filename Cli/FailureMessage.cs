using System.Reflection;

namespace Stickers.Cli;

/// <summary>Says in one line why work failed.</summary>
internal static class FailureMessage
{
    public static string Of(Exception exception)
    {
        var cause = exception;
        while (cause is AggregateException or TargetInvocationException or TypeInitializationException && cause.InnerException is { } inner) cause = inner;
        var text = cause.Message.ReplaceLineEndings(" ").Trim();
        // These say what is wrong with the input or the machine; any other kind is a fault of the program itself.
        var expected = cause is not ObjectDisposedException && cause is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException or InvalidOperationException or TimeoutException
            || cause.GetType().Namespace?.StartsWith("System", StringComparison.Ordinal) != true;
        return expected ? text : $"an error inside the program ({cause.GetType().Name}): {text} Run again with --verbose to see where.";
    }
}
