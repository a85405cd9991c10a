namespace Stickers.Pipeline;

/// <summary>The five places that an item passes, in their order.</summary>
public enum StageKind
{
    /// <summary>Reads a shard's items; runs where preprocess runs.</summary>
    Source = 0,

    /// <summary>The first of the author's three functions, e.g. decoding.</summary>
    Preprocess = 1,

    /// <summary>The second, e.g. a network.</summary>
    Main = 2,

    /// <summary>The third, e.g. choosing what to keep.</summary>
    Postprocess = 3,

    /// <summary>Writes a shard's output and commits it; runs where postprocess runs.</summary>
    Sink = 4,
}
