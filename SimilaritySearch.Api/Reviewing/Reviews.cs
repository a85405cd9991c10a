using System.Globalization;
using System.Security.Cryptography;
using Stickers.Storage;

namespace Stickers.SimilaritySearch.Api.Reviewing;

/// <summary>Reviews in a store: one object each, named by its time, so that nothing is ever overwritten and any number of servers may write.</summary>
public static class Reviews
{
    private const string TimeForm = "yyyyMMdd'T'HHmmss'.'fffffff";

    /// <summary>The last decision on each sticker's tag, in the order of those decisions.</summary>
    /// <param name="store">The store.</param>
    /// <param name="catalogue">The catalogue that the stickers are of.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="InvalidDataException">A review is malformed or of another format version.</exception>
    public static async Task<IReadOnlyList<ReviewLabel>> LabelsAsync(ObjectStore store, string catalogue, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var labels = new OrderedDictionary<(string, string), ReviewLabel>();
        await foreach (var found in store.ListAsync($"{Folder(catalogue)}/", cancellation))
        {
            if (!found.Key.EndsWith(".json", StringComparison.Ordinal) || await store.ReadJsonAsync<Review>(found.Key, cancellation) is not { } review)
                continue;
            if (review.FormatVersion != Review.Version)
                throw new InvalidDataException($"{found.Key} has format version {review.FormatVersion}; this program reads version {Review.Version}.");
            foreach (var decision in review.Decisions)
            {
                labels.Remove((decision.Sticker, decision.Tag));
                labels.Add((decision.Sticker, decision.Tag), new ReviewLabel(decision.Sticker, decision.Key, decision.Tag, decision.Decision, review.Reviewer, review.ReviewedUtc, review.Model));
            }
        }

        return [.. labels.Values];
    }

    /// <summary>Keeps a review.</summary>
    internal static async Task AddAsync(ObjectStore store, string catalogue, Review review, CancellationToken cancellation)
    {
        var name = $"{review.ReviewedUtc.ToString(TimeForm, CultureInfo.InvariantCulture)}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        await store.WriteJsonAsync($"{Folder(catalogue)}/{name}.json", review, WriteCondition.IfAbsent, cancellation);
    }

    private static string Folder(string catalogue) => $"reviews/{catalogue}";
}
