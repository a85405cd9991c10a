using Stickers.Storage;

namespace Stickers.Pipeline;

/// <summary>What a job has written, all its shards together; the same however often it was interrupted.</summary>
public sealed record JobResult
{
    /// <summary>The store.</summary>
    public required ObjectStore Store { get; init; }

    /// <summary>Where the files lie, without a slash at the end.</summary>
    public required string Folder { get; init; }

    /// <summary>Number of shards.</summary>
    public required int Shards { get; init; }

    /// <summary>Inputs = <see cref="Written"/> + <see cref="Quarantined"/>.</summary>
    public required long Read { get; init; }

    /// <summary>Inputs that went into the outputs.</summary>
    public required long Written { get; init; }

    /// <summary>Inputs in quarantine.</summary>
    public required long Quarantined { get; init; }

    /// <summary>The author's own numbers, summed up.</summary>
    public required IReadOnlyDictionary<string, long> Tallies { get; init; }

    /// <summary>The shards' files, in the shards' order.</summary>
    public required IReadOnlyList<CommittedFile> Files { get; init; }

    /// <summary>What is in quarantine: <c>quarantine.jsonl</c>, beside the files.</summary>
    public required CommittedFile Quarantine { get; init; }

    /// <summary>Everything that the output depends on, by name.</summary>
    public required IReadOnlyDictionary<string, string> Inputs { get; init; }

    /// <summary>Opens one of the files.</summary>
    public Task<Stream> OpenAsync(CommittedFile file, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Store.OpenReadAsync($"{Folder}/{file.Path}", cancellation);
    }

    /// <summary>Starts one more file beside them, for what the shards together give.</summary>
    /// <param name="name">Its name; not that of a part.</param>
    /// <param name="cancellation">Stops the call.</param>
    public Task<StoreWriter> CreateAsync(string name, CancellationToken cancellation = default) => Store.CreateAsync($"{Folder}/{name}", cancellation);
}

/// <summary>The manifest of a job that does not make its own.</summary>
public sealed record JobManifest
{
    /// <summary>Version of this file's format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>Everything that the output depends on, by name.</summary>
    public required IReadOnlyDictionary<string, string> Inputs { get; init; }

    /// <summary>Inputs = <see cref="Written"/> + <see cref="Quarantined"/>.</summary>
    public required long Read { get; init; }

    /// <summary>Inputs that went into the outputs.</summary>
    public required long Written { get; init; }

    /// <summary>Inputs in quarantine.</summary>
    public required long Quarantined { get; init; }

    /// <summary>The author's own numbers, summed up.</summary>
    public required IReadOnlyDictionary<string, long> Tallies { get; init; }

    /// <summary>The shards' files in order, then <c>quarantine.jsonl</c>.</summary>
    public required IReadOnlyList<CommittedFile> Files { get; init; }
}
