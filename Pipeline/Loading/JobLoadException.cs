namespace Stickers.Pipeline.Loading;

/// <summary>A job cannot be loaded or set up as it was asked for; nothing was done.</summary>
/// <param name="message">What, where, expected, found.</param>
/// <param name="cause">What was caught, if anything.</param>
public sealed class JobLoadException(string message, Exception? cause = null) : Exception(message, cause);
