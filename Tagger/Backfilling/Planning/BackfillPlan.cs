using System.Text.Json;
using Stickers.Catalogue;
using Stickers.Storage;
using Stickers.Tagger.Models;

namespace Stickers.Tagger.Backfilling.Planning;

/// <summary>Changes of one tag, creator or locale.</summary>
/// <param name="Name">Which; empty for an unknown creator.</param>
/// <param name="Standing">Suggestions that stand.</param>
/// <param name="Added">New ones.</param>
/// <param name="Removed">Those that go.</param>
/// <param name="Flipped">Those whose decision changes.</param>
public sealed record ChangeCount(string Name, long Standing, long Added, long Removed, long Flipped)
{
    /// <summary>All changes together.</summary>
    public long Changes => Added + Removed + Flipped;

    /// <summary>Changes of what stands, 0 and more; 1 when nothing stands and something comes.</summary>
    public double Share => Changes == 0 ? 0 : (double)Changes / Math.Max(Standing, Changes > Standing && Standing == 0 ? Changes : 1);
}

/// <summary>plan.json: what a backfill would change, and all that must still be so when it is applied.</summary>
public sealed record BackfillPlan
{
    internal const int CurrentVersion = 1;

    /// <summary>Version of this file's format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>Names the plan: 12 hexadecimal digits, the start of a hash over what it was made from.</summary>
    public required string Id { get; init; }

    /// <summary>Catalogue name.</summary>
    public required string Catalogue { get; init; }

    /// <summary>Its content hash.</summary>
    public required string CatalogueHash { get; init; }

    /// <summary>Model version.</summary>
    public required string Model { get; init; }

    /// <summary>Its content hash.</summary>
    public required string ModelHash { get; init; }

    /// <summary>Hash of the vocabulary in force.</summary>
    public required string TagRulesHash { get; init; }

    /// <summary>Model whose suggestions the changes were counted against; the plan's own unless another one stood before.</summary>
    public required string Against { get; init; }

    /// <summary>Hash of what stood there; null when nothing did.</summary>
    public string? AgainstHash { get; init; }

    /// <summary>Hash of what stood where the plan will be applied; null when nothing did.</summary>
    public string? StandingHash { get; init; }

    /// <summary>Folder of the planned suggestions.</summary>
    public required string Rows { get; init; }

    /// <summary>Content hash of the planned suggestions.</summary>
    public required string RowsHash { get; init; }

    /// <summary>The changes, one Parquet file beside this one.</summary>
    public required CommittedFile Changes { get; init; }

    /// <summary>Most that any tag may change, as a share of what stands of it; null for no limit.</summary>
    public double? Budget { get; init; }

    /// <summary>Tags that are not held to the budget.</summary>
    public required IReadOnlyList<string> Except { get; init; }

    /// <summary>Tags that change by more than the budget allows: a plan that has some is not applied.</summary>
    public required IReadOnlyList<ChangeCount> OverBudget { get; init; }

    /// <summary>All changes together.</summary>
    public required ChangeCount Total { get; init; }

    /// <summary>By tag, most changes first; only those that change.</summary>
    public required IReadOnlyList<ChangeCount> Tags { get; init; }

    /// <summary>By creator, likewise, at most 1,000.</summary>
    public required IReadOnlyList<ChangeCount> Creators { get; init; }

    /// <summary>By locale, likewise.</summary>
    public required IReadOnlyList<ChangeCount> Locales { get; init; }

    /// <summary>SHA-256 over all of the above: a plan that someone edited is not applied.</summary>
    public string Hash { get; init; } = "";

    /// <summary>Where plans of a catalogue lie.</summary>
    public static string FolderOf(string catalogue, string id) => $"plans/{catalogue}/{id}";

    internal static string KeyOf(string catalogue, string id) => $"{FolderOf(catalogue, id)}/plan.json";

    internal BackfillPlan Sealed() => this with { Hash = ComputeHash() };

    /// <summary>Opens a plan.</summary>
    /// <exception cref="FileNotFoundException">There is none of that name.</exception>
    /// <exception cref="InvalidDataException">It was written in another format, or changed since.</exception>
    public static async Task<BackfillPlan> OpenAsync(ObjectStore store, string catalogue, string id, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var key = KeyOf(catalogue, id);
        var plan = await store.ReadJsonAsync<BackfillPlan>(key, cancellation)
            ?? throw new FileNotFoundException($"There is no plan '{id}' for catalogue '{catalogue}' in '{store.Root}'. Make one with `stickers backfill plan`.", store.LocationOf(key));
        if (plan.FormatVersion != CurrentVersion) throw new InvalidDataException($"'{key}' has format {plan.FormatVersion}, this program reads {CurrentVersion}. Plan again.");
        if (plan.Hash != plan.ComputeHash()) throw new InvalidDataException($"'{key}' was changed after it was made: its hash is {plan.ComputeHash()}, it says {plan.Hash}. Plan again.");
        return plan;
    }

    /// <summary>Hash of a standing set, its manifest as a whole; null for none, and for the empty one that is left where nothing stood before.</summary>
    internal static string? HashOf(SuggestionManifest? manifest) => manifest is null or { Files.Count: 0 } ? null : ContentHash.Of([JsonSerializer.Serialize(manifest)]);

    private string ComputeHash() => ContentHash.Of([JsonSerializer.Serialize(this with { Hash = "" })]);
}
