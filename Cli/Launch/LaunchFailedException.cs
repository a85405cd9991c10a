namespace Stickers.Cli.Launch;

/// <summary>What was launched failed; its own words have been passed on, and its exit code becomes this program's.</summary>
internal sealed class LaunchFailedException(string message, int code) : Exception(message)
{
    public int Code { get; } = code;
}
