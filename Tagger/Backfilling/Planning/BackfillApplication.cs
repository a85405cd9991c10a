using Stickers.Catalogue;
using Stickers.Storage;
using Stickers.Tagger.Models;

namespace Stickers.Tagger.Backfilling.Planning;

/// <summary>What applying or rolling back came to.</summary>
/// <param name="Standing">What stands now.</param>
/// <param name="AlreadyDone">Whether it had been done before.</param>
public sealed record ApplicationResult(SuggestionManifest Standing, bool AlreadyDone);

/// <summary>
/// Puts planned suggestions in force and takes them back. Files are copied beside those that stand, under names of their own; then one conditional write of
/// <c>suggestions.json</c> switches. Killed before it, all stands as it did; after it, the plan is applied. Creators' labels are in the catalogue, which is not touched.
/// </summary>
public static class BackfillApplication
{
    /// <summary>Applies a plan; one that is applied already is left alone, one that was interrupted is gone on with.</summary>
    /// <exception cref="InvalidDataException">The plan is over its budget; or model, catalogue, vocabulary, planned rows or what stands changed since. The message says which, expected and found.</exception>
    public static async Task<ApplicationResult> ApplyAsync(ObjectStore store, BackfillPlan plan, IProgress<JobProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.OverBudget.Count > 0)
            throw new InvalidDataException($"Plan {plan.Id} is over its budget of {plan.Budget:P0}: {string.Join(", ", plan.OverBudget.Take(5).Select(tag => $"{tag.Name} ({tag.Share:P0})"))}{(plan.OverBudget.Count > 5 ? " …" : "")}. Look at them, then plan with another budget, or with exceptions.");
        var folder = SuggestionSet.FolderOf(plan.Model, plan.Catalogue);
        var (version, standing) = await StandingAsync(store, folder, cancellation);
        if (standing?.Plan == plan.Id) return new ApplicationResult(standing, AlreadyDone: true);

        var planned = await CheckAsync(store, plan, standing, cancellation);
        var files = new List<CommittedFile>();
        foreach (var file in planned.Manifest.Files)
        {
            progress?.Report(new JobProgress("copy", files.Count, planned.Manifest.Files.Count, "files"));
            files.Add(await CopyAsync(store, $"{plan.Rows}/{file.Path}", folder, $"applied-{plan.Id}/{file.Path}", file, cancellation));
        }

        var made = planned.Manifest with { Plan = plan.Id, Files = files };
        // What to go back to, before there is a reason to.
        await store.WriteJsonAsync(BeforeKey(folder, plan.Id), standing ?? Nothing(made), cancellation);
        try
        {
            await store.WriteJsonAsync($"{folder}/{SuggestionSet.ManifestName}", made, version is null ? WriteCondition.IfAbsent : WriteCondition.IfVersion(version), cancellation);
        }
        catch (StoreConflictException)
        {
            // Someone was faster: with this very plan, or with another one.
            if ((await StandingAsync(store, folder, cancellation)).Manifest is { } now && now.Plan == plan.Id) return new ApplicationResult(now, AlreadyDone: true);
            throw new InvalidDataException($"While plan {plan.Id} was applied, other suggestions were put in force in '{folder}'. Nothing was changed by this one; plan again.");
        }

        progress?.Report(new JobProgress("copy", files.Count, files.Count, "files"));
        return new ApplicationResult(made, AlreadyDone: false);
    }

    /// <summary>Puts back in force what stood before a plan was applied.</summary>
    /// <param name="store">The store.</param>
    /// <param name="model">Model of the suggestions.</param>
    /// <param name="catalogue">Catalogue name.</param>
    /// <param name="planId">The plan to take back; null for the one in force. Naming it makes a second call harmless.</param>
    /// <param name="cancellation">Stops before the switch.</param>
    /// <exception cref="InvalidDataException">The plan is not in force, or what stood before is gone or damaged.</exception>
    public static async Task<ApplicationResult> RollBackAsync(ObjectStore store, string model, string catalogue, string? planId = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var folder = SuggestionSet.FolderOf(model, catalogue);
        var (version, standing) = await StandingAsync(store, folder, cancellation);
        if (standing is null) throw new InvalidDataException($"No suggestions stand in '{folder}': there is nothing to take back.");
        var id = planId ?? standing.Plan ?? throw new InvalidDataException($"What stands in '{folder}' was written by a backfill, not by a plan: there is nothing to go back to.");
        var before = await store.ReadJsonAsync<SuggestionManifest>(BeforeKey(folder, id), cancellation)
            ?? throw new InvalidDataException($"Plan {id} was never applied in '{folder}'.");
        if (standing.Plan != id && BackfillPlan.HashOf(before) == BackfillPlan.HashOf(standing)) return new ApplicationResult(standing, AlreadyDone: true);
        if (standing.Plan != id) throw new InvalidDataException($"Plan {id} is not in force in '{folder}'; {(standing.Plan is { } other ? $"plan {other}" : "what a backfill wrote")} is. Take that back first.");
        await DemandFilesAsync(store, folder, before, cancellation);
        try
        {
            await store.WriteJsonAsync($"{folder}/{SuggestionSet.ManifestName}", before, WriteCondition.IfVersion(version!), cancellation);
        }
        catch (StoreConflictException)
        {
            throw new InvalidDataException($"While plan {id} was taken back, other suggestions were put in force in '{folder}'. Nothing was changed by this; look again.");
        }

        return new ApplicationResult(before, AlreadyDone: false);
    }

    private static string BeforeKey(string folder, string plan) => $"{folder}/before-{plan}.json";

    /// <summary>Version first, content second: a change between the two makes the condition fail, not hold.</summary>
    private static async Task<(string? Version, SuggestionManifest? Manifest)> StandingAsync(ObjectStore store, string folder, CancellationToken cancellation)
    {
        var key = $"{folder}/{SuggestionSet.ManifestName}";
        var version = (await store.StatAsync(key, cancellation))?.Version;
        return (version, version is null ? null : await store.ReadJsonAsync<SuggestionManifest>(key, cancellation));
    }

    /// <summary>An empty set, for going back to where nothing stood.</summary>
    private static SuggestionManifest Nothing(SuggestionManifest made) => made with { Plan = null, Read = 0, Tagged = 0, WithoutSuggestion = 0, Quarantined = 0, Rows = 0, Files = [] };

    private static async Task<SuggestionSet> CheckAsync(ObjectStore store, BackfillPlan plan, SuggestionManifest? standing, CancellationToken cancellation)
    {
        var catalogue = await StickerCatalogue.OpenAsync(store, plan.Catalogue, cancellation);
        var model = await ModelDescription.LoadAsync(store, plan.Model, cancellation);
        Demand($"Catalogue '{plan.Catalogue}'", plan.CatalogueHash, catalogue.ContentHash);
        Demand($"Model '{plan.Model}'", plan.ModelHash, model.ContentHash);
        Demand("The vocabulary", plan.TagRulesHash, catalogue.Vocabulary.ContentHash);
        Demand("What stands", plan.StandingHash, BackfillPlan.HashOf(standing));
        if (plan.Against != plan.Model)
        {
            var against = await SuggestionSet.TryOpenAsync(store, plan.Against, plan.Catalogue, cancellation);
            Demand($"What stands by model '{plan.Against}'", plan.AgainstHash, BackfillPlan.HashOf(against?.Manifest));
        }

        var planned = await SuggestionSet.TryOpenAsync(store, plan.Rows, cancellation) ?? throw new InvalidDataException($"The suggestions of plan {plan.Id} are gone from '{plan.Rows}'. Plan again.");
        Demand("The planned suggestions", plan.RowsHash, planned.ContentHash);
        return planned;

        void Demand(string what, string? expected, string? found)
        {
            if (found != expected) throw new InvalidDataException($"{what} changed since plan {plan.Id} was made: expected {Words(expected)}, found {Words(found)}. Plan again.");

            static string Words(string? hash) => hash is null ? "nothing" : $"hash {hash}";
        }
    }

    /// <summary>Copies a file, or leaves one that is there whole; a damaged source is found out by its hash.</summary>
    private static async Task<CommittedFile> CopyAsync(ObjectStore store, string from, string folder, string path, CommittedFile expected, CancellationToken cancellation)
    {
        var target = expected with { Path = path };
        if (await IsWholeAsync(store, $"{folder}/{path}", expected, cancellation)) return target;
        await using var writer = await store.CreateAsync($"{folder}/{path}", cancellation);
        await using (var source = await store.OpenReadAsync(from, cancellation)) await source.CopyToAsync(writer.Stream, cancellation);
        var written = await writer.CommitAsync(cancellation);
        return written.Sha256 == expected.Sha256
            ? target
            : throw new InvalidDataException($"'{from}' has SHA-256 {written.Sha256}, the planned suggestions say {expected.Sha256}. Plan again.");
    }

    private static async Task DemandFilesAsync(ObjectStore store, string folder, SuggestionManifest manifest, CancellationToken cancellation)
    {
        foreach (var file in manifest.Files)
        {
            if (!await IsWholeAsync(store, $"{folder}/{file.Path}", file, cancellation))
                throw new InvalidDataException($"'{folder}/{file.Path}' is gone, or is not what stood before. It cannot be put back in force; plan and apply anew.");
        }
    }

    private static async Task<bool> IsWholeAsync(ObjectStore store, string key, CommittedFile expected, CancellationToken cancellation)
    {
        if ((await store.StatAsync(key, cancellation))?.Bytes != expected.Bytes) return false;
        await using var stream = await store.OpenReadAsync(key, cancellation);
        return Convert.ToHexStringLower(await System.Security.Cryptography.SHA256.HashDataAsync(stream, cancellation)) == expected.Sha256;
    }
}
