using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;

namespace Stickers.SimilaritySearch.Api.Tests.Serving;

/// <summary>The whole host over a world, that looks often at what is published.</summary>
internal sealed class RunningHost : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _notices = new();
    private Task _run = Task.CompletedTask;

    public HttpClient Client { get; private set; } = null!;

    public static async Task<RunningHost> StartAsync(TestWorld world, Func<ApiOptions, ApiOptions>? change = null)
    {
        var host = new RunningHost();
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var options = new ApiOptions
        {
            Store = world.Store,
            Url = "http://127.0.0.1:0",
            WatchInterval = TimeSpan.FromMilliseconds(50),
            Listening = listening.SetResult,
            Notice = host._notices.Enqueue,
            RequestFailed = e => host._notices.Enqueue(e.ToString()),
        };
        host._run = ApiHost.RunAsync(change?.Invoke(options) ?? options, host._stop.Token);
        if (await Task.WhenAny(listening.Task, host._run) == host._run)
            await host._run;
        host.Client = new HttpClient { BaseAddress = await listening.Task };
        return host;
    }

    public Task<JsonElement> StatusAsync() => GetAsync("/v1/status");

    /// <summary>The JSON answer to a GET that must succeed.</summary>
    public Task<JsonElement> GetAsync(string path) => Client.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);

    /// <summary>The first status that is as wanted.</summary>
    public async Task<JsonElement> WaitForAsync(Func<JsonElement, bool> wanted)
    {
        var limit = DateTime.UtcNow + Patience;
        while (true)
        {
            var status = await StatusAsync();
            if (wanted(status))
                return status;
            Assert.True(DateTime.UtcNow < limit, $"Not in time: {status}; notices: {string.Join(" | ", _notices)}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The first notice that holds the text.</summary>
    public async Task<string> WaitForNoticeAsync(string text)
    {
        var limit = DateTime.UtcNow + Patience;
        while (true)
        {
            if (_notices.FirstOrDefault(notice => notice.Contains(text, StringComparison.Ordinal)) is { } found)
                return found;
            Assert.True(DateTime.UtcNow < limit, $"No notice of '{text}', only: {string.Join(" | ", _notices)}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _run.Wait(Patience);
        Client?.Dispose();
        _stop.Dispose();
    }
}
