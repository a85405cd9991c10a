using Microsoft.AspNetCore.Http;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Api.Answers;
using Stickers.SimilaritySearch.Api.Hosting;
using Stickers.SimilaritySearch.Api.Lookups;
using Stickers.SimilaritySearch.Api.Serving;
using Stickers.Storage;

namespace Stickers.SimilaritySearch.Api.Reviewing;

/// <summary>Hands out suggestions that wait for a person, and keeps what the person says. Thread-safe.</summary>
internal sealed class ReviewDesk(ObjectStore store) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _gate = new(1);
    private readonly HashSet<(long, string)> _decided = [];
    private string? _catalogue;
    private DateTime _read;

    /// <summary>Suggestions to be reviewed, the likeliest first, that nobody has decided yet.</summary>
    public async Task<ReviewQueue> QueueAsync(ServedPair pair, string? tag, int count, Audience audience, CancellationToken cancellation)
    {
        await RefreshAsync(CatalogueOf(pair), cancellation);
        var attributes = pair.Semantic.Attributes;
        var items = new List<ReviewItem>(count);
        var waiting = 0;
        foreach (var (position, suggested, score) in attributes.AwaitingReview)
        {
            var id = attributes.IdAt(position);
            if ((tag is not null && suggested != tag) || IsDecided(id, suggested) || !pair.Vocabulary.IsAllowedIn(suggested, audience.Country))
                continue;
            waiting++;
            if (items.Count < count && pair.Find(id) is { } sticker)
                items.Add(new ReviewItem(pair.Show(sticker, audience), suggested, score));
        }

        return new ReviewQueue(items, waiting, pair.Model.Version, pair.Semantic.Version);
    }

    /// <summary>Keeps what a person decided.</summary>
    /// <exception cref="RequestException">A sticker is unknown, or has no such suggestion.</exception>
    public async Task AddAsync(ServedPair pair, IReadOnlyList<(StickerId Sticker, string Tag, bool Accepted)> decisions, string reviewer, CancellationToken cancellation)
    {
        var kept = decisions.Select(decision => new ReviewDecision(decision.Sticker.ToString(), KeyOf(pair, decision), decision.Tag, decision.Accepted ? "accept" : "reject")).ToList();
        await Reviews.AddAsync(store, CatalogueOf(pair), new Review
        {
            FormatVersion = Review.Version, ReviewedUtc = DateTime.UtcNow, Reviewer = reviewer, Model = pair.Model.Version, Decisions = kept,
        }, cancellation);
        lock (_decided)
        {
            foreach (var (sticker, tag, _) in decisions)
                _decided.Add((sticker.Value, tag));
        }
    }

    public void Dispose() => _gate.Dispose();

    private static string KeyOf(ServedPair pair, (StickerId Sticker, string Tag, bool Accepted) decision)
    {
        if (pair.Find(decision.Sticker) is not { } sticker)
            throw new RequestException(StatusCodes.Status404NotFound, Problems.NoSuchSticker(decision.Sticker.ToString()));
        return sticker.Suggestions.Any(suggestion => suggestion.Tag == decision.Tag)
            ? sticker.Key
            : throw new RequestException(StatusCodes.Status422UnprocessableEntity, $"Sticker {decision.Sticker} has no suggestion '{decision.Tag}' to be reviewed.");
    }

    private static string CatalogueOf(ServedPair pair) => pair.Semantic.Snapshot.Manifest.Catalogue;

    private bool IsDecided(StickerId id, string tag)
    {
        lock (_decided)
            return _decided.Contains((id.Value, tag));
    }

    /// <summary>Reads what others have decided, now and then.</summary>
    private async Task RefreshAsync(string catalogue, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            if (_catalogue == catalogue && DateTime.UtcNow - _read < Fresh)
                return;
            var labels = await Reviews.LabelsAsync(store, catalogue, cancellation);
            lock (_decided)
            {
                if (_catalogue != catalogue)
                    _decided.Clear();
                foreach (var label in labels)
                {
                    if (StickerId.TryParse(label.Sticker, out var id))
                        _decided.Add((id.Value, label.Tag));
                }
            }

            (_catalogue, _read) = (catalogue, DateTime.UtcNow);
        }
        finally
        {
            _gate.Release();
        }
    }
}
