namespace Stickers.Cli;

/// <summary>The command line asks for something that can never work; found only after parsing.</summary>
internal sealed class UsageException(string message) : Exception(message);
