using Stickers.Storage;
using Stickers.Tagger;

namespace Stickers.Cli;

/// <summary>Finds the model that a command means.</summary>
internal static class ModelChoice
{
    private const string Prefix = "models/";
    private const string Manifest = "/model.json";

    /// <summary>Loads the model asked for; when none was asked for, the only one there is.</summary>
    public static async Task<StickerModel> LoadAsync(ObjectStore store, string? version, CancellationToken cancellation) =>
        await StickerModel.LoadAsync(store, version ?? await OnlyAsync(store, cancellation), cancellation);

    /// <summary>The version asked for, or the only one there is.</summary>
    public static async Task<string> ResolveAsync(ObjectStore store, string? version, CancellationToken cancellation) =>
        version ?? await OnlyAsync(store, cancellation);

    private static async Task<string> OnlyAsync(ObjectStore store, CancellationToken cancellation)
    {
        var versions = new List<string>();
        await foreach (var stored in store.ListAsync(Prefix, cancellation))
        {
            var key = stored.Key;
            if (key.EndsWith(Manifest, StringComparison.Ordinal) && key.Length > Prefix.Length + Manifest.Length)
                versions.Add(key[Prefix.Length..^Manifest.Length]);
        }

        return versions switch
        {
            [var only] => only,
            [] => throw new FileNotFoundException($"There is no model under {store.Root}: make one with 'stickers train', or name another root with --root."),
            _ => throw new UsageException($"Several models are there ({string.Join(", ", versions)}): choose one with --model."),
        };
    }
}
