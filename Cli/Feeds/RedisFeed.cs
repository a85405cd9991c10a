using System.Text.Json;
using StackExchange.Redis;
using Stickers.Catalogue;
using Stickers.Storage;

namespace Stickers.Cli.Feeds;

/// <summary>
/// Tells an online store what a plan changed: one hash for each sticker, <c>stickers:&lt;catalogue&gt;:&lt;id&gt;</c>, with what stands of it now. It is written whole, never as a difference, so that
/// doing it again, wholly or in part, does no harm.
/// </summary>
internal static class RedisFeed
{
    /// <summary>Environment variable that holds the server's password, if it wants one.</summary>
    public const string PasswordVariable = "STICKERS_FEED_PASSWORD";

    private const int Batch = 500;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Key of a sticker's hash.</summary>
    public static string KeyOf(string catalogue, StickerId id) => $"stickers:{catalogue}:{id}";

    /// <summary>Writes the hashes of all stickers that the changes speak of; one of which nothing stands has none.</summary>
    /// <param name="address">Host and port.</param>
    /// <param name="store">The store.</param>
    /// <param name="changes">Key of the changes.</param>
    /// <param name="model">Model of what stands.</param>
    /// <param name="catalogue">Catalogue name.</param>
    /// <param name="progress">Told about each batch.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <returns>How many stickers were written or removed.</returns>
    /// <exception cref="IOException">The server cannot be reached, or refuses.</exception>
    public static async Task<long> WriteAsync(string address, ObjectStore store, string changes, string model, string catalogue, IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        var left = new HashSet<StickerId>();
        await foreach (var change in SuggestionChanges.ReadAsync(store, changes, cancellation)) left.Add(change.Id);
        var (all, done) = (left.Count, 0L);
        try
        {
            await using var connection = await ConnectionMultiplexer.ConnectAsync(OptionsOf(address));
            var database = connection.GetDatabase();
            var pending = new List<Task>();
            var own = new List<Suggestion>();
            if (await SuggestionSet.TryOpenAsync(store, model, catalogue, cancellation) is { } standing)
            {
                await foreach (var row in standing.ReadAsync(cancellation))
                {
                    if (own.Count > 0 && own[0].Id != row.Id) await PutAsync();
                    own.Add(row);
                }

                if (own.Count > 0) await PutAsync();
            }

            foreach (var id in left) await SendAsync(database.KeyDeleteAsync(KeyOf(catalogue, id)));
            await FlushAsync();
            return done;

            async Task PutAsync()
            {
                if (left.Remove(own[0].Id)) await SendAsync(database.HashSetAsync(KeyOf(catalogue, own[0].Id), [new("model", model), new("accepted", Text(SuggestionDecision.Accept)), new("review", Text(SuggestionDecision.Review))]));
                own.Clear();
            }

            string Text(SuggestionDecision decision) => JsonSerializer.Serialize(own.Where(row => row.Decision == decision).Select(row => new { tag = row.Tag, score = row.Score }), JsonSerializerOptions.Web);

            async Task SendAsync(Task sent)
            {
                pending.Add(sent);
                if (pending.Count == Batch) await FlushAsync();
            }

            async Task FlushAsync()
            {
                await Task.WhenAll(pending);
                done += pending.Count;
                pending.Clear();
                progress?.Report(new JobProgress("feed", done, all, "stickers"));
                cancellation.ThrowIfCancellationRequested();
            }
        }
        catch (RedisException fault)
        {
            throw new IOException($"The feed at {address} failed: {fault.Message} What stands is in force; run the same command again to tell the feed.", fault);
        }
    }

    private static ConfigurationOptions OptionsOf(string address)
    {
        var options = ConfigurationOptions.Parse(address);
        (options.ConnectTimeout, options.AsyncTimeout, options.ConnectRetry) = ((int)Patience.TotalMilliseconds, (int)Patience.TotalMilliseconds, 1);
        if (Environment.GetEnvironmentVariable(PasswordVariable) is { Length: > 0 } password) options.Password = password;
        return options;
    }
}
