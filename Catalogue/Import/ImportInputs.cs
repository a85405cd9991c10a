using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Stickers.Catalogue.Tables;
using Stickers.Storage;

namespace Stickers.Catalogue.Import;

/// <summary>
/// What a catalogue is or was being made from: <c>.import/inputs.json</c>. By it a second run knows whether it goes on, is done,
/// or would mix two imports. No part of the catalogue: times of files are in it, which differ from machine to machine.
/// </summary>
internal sealed record ImportInputs
{
    // Raise when what was imported, or half imported, before must not be gone on with.
    private const int ImportVersion = 1;

    public required int FormatVersion { get; init; }

    /// <summary>SHA-256 over the options that matter and over path, size and time of each file.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Full paths.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>Images that the sources were expected to offer.</summary>
    public required long Images { get; init; }

    internal static string Key(string catalogue) => $"{DataSet.CatalogueFolder(catalogue)}/.import/inputs.json";

    internal static ImportInputs Take(CatalogueImportOptions options, IEnumerable<IImportSource> sources, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(JsonSerializer.Serialize(new { ImportVersion, options.Locale, options.Limits, options.SvgSide }, StoreJson.Options));
        var images = 0L;
        foreach (var source in sources) images += source.TakeInventory(Append, cancellation);

        return new ImportInputs
        {
            FormatVersion = DataSet.FormatVersion,
            Fingerprint = Convert.ToHexStringLower(hash.GetHashAndReset()),
            Sources = [.. options.Sources.Select(Path.GetFullPath)],
            Images = images,
        };

        void Append(string line) => hash.AppendData(Encoding.UTF8.GetBytes($"{line}\n"));
    }
}
