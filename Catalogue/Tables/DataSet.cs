using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Stickers.Storage;

namespace Stickers.Catalogue.Tables;

/// <summary>What catalogues, embedding sets and suggestion sets share: names, keys, part files and their checks.</summary>
internal static class DataSet
{
    /// <summary>Version of the manifests and tables of embeddings and suggestions.</summary>
    internal const int FormatVersion = 1;

    /// <summary>Version of a catalogue's manifest and table; 1 had no <c>created</c>, and is still read.</summary>
    internal const int CatalogueFormatVersion = 2;

    internal static string CatalogueFolder(string name) => $"catalogues/{Named(name, "catalogue")}";

    internal static string EmbeddingFolder(string model, string catalogue) => $"embeddings/{Named(model, "model")}/{Named(catalogue, "catalogue")}";

    internal static string SuggestionFolder(string model, string catalogue) => $"suggestions/{Named(model, "model")}/{Named(catalogue, "catalogue")}";

    internal static string PartName(int part)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(part);
        return string.Create(CultureInfo.InvariantCulture, $"part-{part:00000}.parquet");
    }

    /// <summary>SHA-256 over the parts' own hashes, each as 64 hexadecimal digits and a line feed.</summary>
    internal static string ContentHash(IEnumerable<CommittedFile> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts) hash.AppendData(Encoding.ASCII.GetBytes($"{part.Sha256}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Checks what can be checked without reading: the format's version and that each file is there with its size.</summary>
    /// <exception cref="InvalidDataException">Something differs from the manifest.</exception>
    internal static async Task CheckAsync(ObjectStore store, string folder, string manifest, int formatVersion, IEnumerable<CommittedFile> files, CancellationToken cancellation, int newest = FormatVersion)
    {
        if (formatVersion < 1 || formatVersion > newest)
            throw new InvalidDataException($"'{folder}/{manifest}' has format version {formatVersion}, this program reads {(newest == 1 ? "1" : $"1 to {newest}")}. Use the program that wrote it, or make the data again.");
        foreach (var file in files)
        {
            var found = await store.StatAsync($"{folder}/{file.Path}", cancellation).ConfigureAwait(false);
            if (found?.Bytes != file.Bytes)
                throw new InvalidDataException($"'{folder}/{file.Path}' {(found is null ? "is missing" : $"has {found.Bytes} bytes")}, '{manifest}' says {file.Bytes} bytes. Make the data again.");
        }
    }

    /// <summary>Reads every file and compares its hash with the manifest's.</summary>
    /// <exception cref="InvalidDataException">A file differs; the message has both hashes.</exception>
    internal static async Task VerifyAsync(ObjectStore store, string folder, IEnumerable<CommittedFile> files, CancellationToken cancellation)
    {
        foreach (var file in files)
        {
            var stream = await store.OpenReadAsync($"{folder}/{file.Path}", cancellation).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                var found = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation).ConfigureAwait(false));
                if (found != file.Sha256)
                    throw new InvalidDataException($"'{folder}/{file.Path}' has SHA-256 {found}, its manifest says {file.Sha256}. Make the data again.");
            }
        }
    }

    /// <exception cref="ArgumentException">Not usable as one segment of a key.</exception>
    private static string Named(string name, string what)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var usable = name.Length <= 100 && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
        return usable
            ? name
            : throw new ArgumentException($"'{name}' cannot name a {what}. Expected up to 100 of A-Z, a-z, 0-9, '.', '_', '-', the first a letter or digit.", nameof(name));
    }
}
