using Stickers.Storage;

namespace Stickers.SimilaritySearch;

/// <summary>Where snapshots stand in a store, and how their two JSON objects are read.</summary>
public static class SnapshotKeys
{
    /// <summary>Format version of index.json. Versions 1 to 3 are read too.</summary>
    public const int FormatVersion = 4;

    /// <summary>Format version of current.json.</summary>
    public const int CurrentFormatVersion = 1;

    /// <summary>The space's name in keys, manifests and commands: <c>visual</c> or <c>semantic</c>.</summary>
    public static string Name(this EmbeddingSpace space) => space switch
    {
        EmbeddingSpace.Visual => "visual",
        EmbeddingSpace.Semantic => "semantic",
        _ => throw new ArgumentOutOfRangeException(nameof(space), space, "Visual or Semantic."),
    };

    /// <summary>Folder of all versions of a space.</summary>
    public static string Folder(EmbeddingSpace space) => $"indexes/{space.Name()}";

    /// <summary>Folder of one version.</summary>
    /// <exception cref="ArgumentException">The text is no version: 12 lower-case hexadecimal digits.</exception>
    public static string Folder(EmbeddingSpace space, string version) => IsVersion(version)
        ? $"{Folder(space)}/{version}"
        : throw new ArgumentException($"'{version}' is no index version: 12 hexadecimal digits such as 0123456789ab.", nameof(version));

    /// <summary>Key of a file that a version's manifest lists.</summary>
    /// <exception cref="InvalidDataException">The path leads elsewhere.</exception>
    public static string File(EmbeddingSpace space, string version, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.Split('/') switch
        {
            [var name] when IsName(name) => $"{Folder(space, version)}/{name}",
            [var other, var name] when IsVersion(other) && IsName(name) => $"{Folder(space, other)}/{name}",
            _ => throw new InvalidDataException($"{Manifest(space, version)} lists '{path}', which is no file of an index."),
        };

        static bool IsName(string name) => name.Length is > 0 and <= 100 && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-');
    }

    /// <summary>Key of a version's manifest.</summary>
    public static string Manifest(EmbeddingSpace space, string version) => $"{Folder(space, version)}/index.json";

    /// <summary>Key of the space's current.json.</summary>
    public static string Current(EmbeddingSpace space) => $"{Folder(space)}/current.json";

    /// <summary>Whether a text has the form of a version.</summary>
    public static bool IsVersion(string? text) => text is { Length: 12 } && text.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f');

    /// <summary>A version's manifest, or null when it does not exist or is unfinished.</summary>
    /// <exception cref="InvalidDataException">The manifest is malformed, of another format version, or of another snapshot.</exception>
    public static async Task<SnapshotManifest?> ReadManifestAsync(ObjectStore store, EmbeddingSpace space, string version, CancellationToken cancellation = default)
    {
        var key = Manifest(space, version);
        var manifest = await store.ReadJsonAsync<SnapshotManifest>(key, cancellation);
        if (manifest is null)
            return null;
        if (manifest.FormatVersion is < 1 or > FormatVersion)
            throw new InvalidDataException($"{key} has format version {manifest.FormatVersion}; this program reads versions 1 to {FormatVersion}.");
        if (manifest.FormatVersion > 1 && manifest.Segments is not { Count: > 0 })
            throw new InvalidDataException($"{key} names no vectors.");
        if (manifest.Space != space.Name() || manifest.Version != version)
            throw new InvalidDataException($"{key} describes {manifest.Space}/{manifest.Version}, which does not belong there.");
        return manifest;
    }

    /// <summary>What is published, or null when nothing is.</summary>
    /// <exception cref="InvalidDataException">current.json is malformed or of another format version.</exception>
    public static async Task<CurrentSnapshot?> ReadCurrentAsync(ObjectStore store, EmbeddingSpace space, CancellationToken cancellation = default)
    {
        var key = Current(space);
        var current = await store.ReadJsonAsync<CurrentSnapshot>(key, cancellation);
        if (current is null)
            return null;
        if (current.FormatVersion != CurrentFormatVersion)
            throw new InvalidDataException($"{key} has format version {current.FormatVersion}; this program reads version {CurrentFormatVersion}.");
        if (!IsVersion(current.Version))
            throw new InvalidDataException($"{key} names '{current.Version}', which is no index version.");
        return current;
    }
}
