namespace Stickers.Cli;

/// <summary>What the program's exit says; scripts depend on the numbers.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The work could not be done.</summary>
    public const int Failure = 1;

    /// <summary>The command line was wrong; nothing was done.</summary>
    public const int WrongUse = 2;

    /// <summary>Stopped by Ctrl-C or SIGTERM before the work was done.</summary>
    public const int Cancelled = 130;
}
