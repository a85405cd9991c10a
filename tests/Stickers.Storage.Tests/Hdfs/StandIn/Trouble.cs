namespace Stickers.Storage.Tests.Hdfs.StandIn;

/// <summary>One request as it arrived.</summary>
/// <param name="Node">Number of the name node, or -1 for the data node.</param>
/// <param name="Operation">OPEN, CREATE and so on.</param>
/// <param name="Path">Path in HDFS.</param>
/// <param name="Number">How many of this operation came to this kind of node, from 1 on.</param>
internal sealed record Arrival(int Node, string Operation, string Path, int Number);

/// <summary>What goes wrong with a request.</summary>
internal sealed record Trouble
{
    public static Trouble None { get; } = new();

    /// <summary>Answered instead of the work.</summary>
    public JavaFault? Fault { get; init; }

    /// <summary>Answered instead of the work, with an HTML page as web servers do.</summary>
    public int PlainStatus { get; init; }

    /// <summary>The connection is cut once so many bytes of the body have come or gone.</summary>
    public int? CutAfter { get; init; }

    /// <summary>The work is done, and the connection is cut instead of an answer.</summary>
    public bool LosesTheAnswer { get; init; }

    /// <summary>Before anything.</summary>
    public TimeSpan Delay { get; init; }
}
