namespace Stickers.Catalogue.Import;

/// <summary>One image that a source offers, in source order.</summary>
internal sealed record ImportItem
{
    /// <summary>Unique name the sticker will have.</summary>
    public required string Key { get; init; }

    /// <summary>Where the file is, for people: a path, or archive!entry.</summary>
    public required string Origin { get; init; }

    /// <summary>What the source says about it.</summary>
    public required ImportRecord Record { get; init; }

    /// <summary>Set it belongs to where the record does not say.</summary>
    public string DefaultPack { get; init; } = "";

    /// <summary>Name or path that the sticker keeps of its file.</summary>
    public string ImagePath { get; init; } = "";

    /// <summary>Size as the folder or archive states it; 0 when unknown.</summary>
    public long Bytes { get; init; }

    /// <summary>Reads the file, at most the given number of bytes and one. Called once, before the next item is asked for.</summary>
    public Func<int, CancellationToken, Task<byte[]>>? ReadAsync { get; init; }

    /// <summary>Why the file cannot even be read; then <see cref="ReadAsync"/> is null.</summary>
    public ImportRefusal? Refusal { get; init; }
}

/// <summary>A refusal and its reason in a sentence.</summary>
internal sealed record ImportRefusal(ImportFault Fault, string Reason);
