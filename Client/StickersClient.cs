using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Stickers.Client;

/// <summary>The lookup API. Thread-safe; one for the whole program.</summary>
public sealed class StickersClient : IDisposable
{
    private const int MaxRetries = 2;

    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;

    /// <param name="http">With its base address, and the key as its authorization where one is needed. Disposed with this.</param>
    public StickersClient(HttpClient http)
    {
        ArgumentNullException.ThrowIfNull(http);
        _http = http;
    }

    /// <summary>A client of the server at an address.</summary>
    /// <param name="address">As in <c>http://127.0.0.1:8080</c>.</param>
    /// <param name="key">The key's secret, or null where none is needed.</param>
    public static StickersClient Connect(Uri address, string? key = null)
    {
        var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
        if (key is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return new StickersClient(http);
    }

    /// <summary>What is served.</summary>
    public Task<StatusAnswer> StatusAsync(CancellationToken cancellation = default) => GetAsync<StatusAnswer>("v1/status", cancellation);

    /// <summary>Whether lookups are answered.</summary>
    public async Task<bool> ReadyAsync(CancellationToken cancellation = default)
    {
        using var response = await _http.GetAsync("readyz", cancellation);
        return response.IsSuccessStatusCode;
    }

    /// <summary>A page of all stickers.</summary>
    public Task<StickerPage> BrowseAsync(int offset = 0, int count = 60, CancellationToken cancellation = default) =>
        GetAsync<StickerPage>("v1/stickers" + new Parameters().Add("offset", offset).Add("count", count), cancellation);

    /// <summary>One sticker, or null.</summary>
    public async Task<StickerDetail?> FindAsync(string id, string? lang = null, string? country = null, CancellationToken cancellation = default)
    {
        try
        {
            return await GetAsync<StickerDetail>($"v1/stickers/{Uri.EscapeDataString(id)}{new Parameters().Add("lang", lang).Add("country", country)}", cancellation);
        }
        catch (StickersApiException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Up to 1000 stickers.</summary>
    public Task<StickerBatch> FindManyAsync(IReadOnlyList<string> ids, CancellationToken cancellation = default) =>
        SendAsync<StickerBatch>(() => new HttpRequestMessage(HttpMethod.Post, "v1/stickers/batch") { Content = JsonContent.Create(new { ids }) }, cancellation);

    /// <summary>A sticker's thumbnail, PNG.</summary>
    public async Task<byte[]> ImageAsync(string id, CancellationToken cancellation = default)
    {
        using var response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, $"v1/stickers/{Uri.EscapeDataString(id)}/image"), cancellation);
        return await response.Content.ReadAsByteArrayAsync(cancellation);
    }

    /// <summary>The neighbours of a sticker.</summary>
    public Task<NeighbourAnswer> SimilarAsync(string id, SimilarOptions? options = null, CancellationToken cancellation = default) =>
        GetAsync<NeighbourAnswer>($"v1/stickers/{Uri.EscapeDataString(id)}/similar{(options ?? new()).Parameters()}", cancellation);

    /// <summary>The neighbours of a sticker page by page, until there are no more.</summary>
    /// <exception cref="StickersApiException">Also with status 409 when the index changes between two pages.</exception>
    public async IAsyncEnumerable<Neighbour> SimilarAllAsync(string id, SimilarOptions? options = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        options ??= new SimilarOptions();
        do
        {
            var page = await SimilarAsync(id, options, cancellation);
            foreach (var item in page.Items)
                yield return item;
            options = options with { Cursor = page.Next };
        }
        while (options.Cursor is not null);
    }

    /// <summary>What is like some stickers, and not like others.</summary>
    public Task<NeighbourAnswer> SimilarToExamplesAsync(IReadOnlyList<string> like, IReadOnlyList<string>? unlike = null, SimilarOptions? options = null, CancellationToken cancellation = default) =>
        GetAsync<NeighbourAnswer>("v1/similar" + (options ?? new()).Parameters().Add("like", like).Add("unlike", unlike ?? []), cancellation);

    /// <summary>The neighbours of an image file.</summary>
    public Task<NeighbourAnswer> SimilarToImageAsync(byte[] image, SimilarOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<NeighbourAnswer>(() => Upload("v1/similar" + (options ?? new()).Parameters(), image), cancellation);

    /// <summary>Stickers for words; of the options, those that choose by likeness mean nothing here.</summary>
    public Task<SearchAnswer> SearchAsync(string q, SimilarOptions? options = null, CancellationToken cancellation = default) =>
        GetAsync<SearchAnswer>("v1/search" + (options ?? new()).Parameters().Add("q", q), cancellation);

    /// <summary>Stickers for a message that is being typed.</summary>
    public Task<SuggestAnswer> SuggestAsync(string text, string? locale = null, int? count = null, string? country = null, CancellationToken cancellation = default) =>
        GetAsync<SuggestAnswer>("v1/suggest" + new Parameters().Add("text", text).Add("locale", locale).Add("k", count).Add("country", country), cancellation);

    /// <summary>The most frequent tags.</summary>
    public Task<TopTags> TopTagsAsync(int count = 40, string? lang = null, string? country = null, CancellationToken cancellation = default) =>
        GetAsync<TopTags>("v1/tags" + new Parameters().Add("k", count).Add("lang", lang).Add("country", country), cancellation);

    /// <summary>Tags for an image file.</summary>
    public Task<SuggestionAnswer> SuggestTagsAsync(byte[] image, bool explain = false, string? lang = null, CancellationToken cancellation = default) =>
        SendAsync<SuggestionAnswer>(() => Upload("v1/tags" + new Parameters().Add("explain", explain ? true : null).Add("lang", lang), image), cancellation);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Stickers on a plane, of large catalogues a sample.</summary>
    /// <param name="space">visual or semantic.</param>
    /// <param name="cancellation">Stops the call.</param>
    public Task<MapAnswer> MapAsync(string space = "visual", CancellationToken cancellation = default) => GetAsync<MapAnswer>("v1/map" + new Parameters().Add("space", space), cancellation);

    /// <summary>Suggestions that wait for a person, the likeliest first.</summary>
    /// <param name="tag">Only of this tag; null for all.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="cancellation">Stops the call.</param>
    public Task<ReviewQueue> ReviewQueueAsync(string? tag = null, int? count = null, CancellationToken cancellation = default) =>
        GetAsync<ReviewQueue>("v1/reviews" + new Parameters().Add("tag", tag).Add("k", count), cancellation);

    /// <summary>Keeps what a person decided; needs a key with the scope write, where there are keys.</summary>
    public async Task AddReviewAsync(ReviewRequest review, CancellationToken cancellation = default)
    {
        using var response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Post, "v1/reviews") { Content = JsonContent.Create(review, options: JsonSerializerOptions.Web) }, cancellation);
    }

    private static HttpRequestMessage Upload(string path, byte[] image)
    {
        var content = new ByteArrayContent(image);
        content.Headers.ContentType = new MediaTypeHeaderValue("image/*");
        return new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
    }

    private Task<T> GetAsync<T>(string path, CancellationToken cancellation) => SendAsync<T>(() => new HttpRequestMessage(HttpMethod.Get, path), cancellation);

    private async Task<T> SendAsync<T>(Func<HttpRequestMessage> request, CancellationToken cancellation)
    {
        using var response = await SendAsync(request, cancellation);
        return await response.Content.ReadFromJsonAsync<T>(JsonSerializerOptions.Web, cancellation)
            ?? throw new StickersApiException(response.StatusCode, "The server answered with nothing.");
    }

    /// <summary>Every request may be sent again: all but a review only read, and a review that came twice says the same twice.</summary>
    private async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> request, CancellationToken cancellation)
    {
        for (var retries = 0; ; retries++)
        {
            using var message = request();
            var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (response.IsSuccessStatusCode)
                return response;
            using (response)
            {
                var problem = await ProblemOf(response, cancellation);
                if (!problem.IsTransient || retries == MaxRetries || response.Headers.RetryAfter?.Delta is not { } wait || wait > LongestRetry)
                    throw problem;
                await Task.Delay(wait, cancellation);
            }
        }
    }

    private static async Task<StickersApiException> ProblemOf(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            if (await response.Content.ReadFromJsonAsync<Problem>(JsonSerializerOptions.Web, cancellation) is { } problem)
                return new StickersApiException(response.StatusCode, problem.Detail ?? problem.Title ?? $"The server answered {(int)response.StatusCode}.", problem.Errors);
        }
        catch (JsonException)
        {
            // Whatever stands between us and the server does not speak in problem details.
        }

        return new StickersApiException(response.StatusCode, $"The server answered {(int)response.StatusCode}.");
    }

    private sealed record Problem(string? Title, string? Detail, IReadOnlyDictionary<string, string[]>? Errors);
}
