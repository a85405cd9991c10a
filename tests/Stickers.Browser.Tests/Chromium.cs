using Microsoft.Playwright;
using Stickers.Browser.Tests;
using Stickers.SimilaritySearch.Api;
using Stickers.SimilaritySearch.Api.Tests;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace Stickers.Browser.Tests;

/// <summary>Debian's Chromium, and the page served over the drawn stickers.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private readonly CancellationTokenSource _stop = new();
    private IPlaywright? _playwright;
    private IBrowser? _chromium;
    private TestWorld? _world;
    private Task _serving = Task.CompletedTask;

    /// <summary>Where the page is.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Where pictures of the page are put for people to look at.</summary>
    public static string Screenshots { get; } = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "screenshots")).FullName;

    internal TestWorld World => _world!;

    public async ValueTask InitializeAsync()
    {
        _world = await TestWorld.CreateAsync(TestContext.Current.CancellationToken);
        (Address, _serving) = await ServeAsync(_stop.Token);
        _playwright = await Playwright.CreateAsync();
        _chromium = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = ChromiumPath(),
            Headless = true,
            // Without these, Chromium calls home at every start.
            Args =
            [
                "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                .. Environment.UserName == "root" ? (string[])["--no-sandbox"] : [],
            ],
        });
    }

    /// <summary>Serves the world until the token says stop; a second server may be stopped in the middle of a test.</summary>
    internal Task<(Uri Address, Task Serving)> ServeAsync(CancellationToken stop) => ServeAsync(World, stop);

    /// <summary>Serves a world of a test's own.</summary>
    internal static async Task<(Uri Address, Task Serving)> ServeAsync(TestWorld world, CancellationToken stop)
    {
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var serving = ApiHost.RunAsync(new ApiOptions { Store = world.Store, Url = "http://127.0.0.1:0", Listening = listening.SetResult }, stop);
        await Task.WhenAny(listening.Task, serving);
        if (serving.IsFaulted)
            await serving;
        return (await listening.Task, serving);
    }

    /// <summary>A fresh window without history, cache or open pages.</summary>
    internal async Task<Window> OpenAsync(string path = "", int width = 1280, int height = 860, bool dark = false, bool phone = false, Uri? address = null)
    {
        var context = await _chromium!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = (address ?? Address).ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            // Nothing moves while a test measures it.
            ReducedMotion = ReducedMotion.Reduce,
            IsMobile = phone,
            HasTouch = phone,
            DeviceScaleFactor = phone ? 2 : 1,
        });
        context.SetDefaultTimeout(15_000);
        var window = new Window(context, await context.NewPageAsync());
        await window.Page.GotoAsync("/" + path);
        return window;
    }

    public async ValueTask DisposeAsync()
    {
        if (_chromium is not null)
            await _chromium.DisposeAsync();
        _playwright?.Dispose();
        await _stop.CancelAsync();
        await _serving;
        _world?.Dispose();
        _stop.Dispose();
    }

    private static string ChromiumPath()
    {
        var path = Environment.GetEnvironmentVariable("CHROMIUM_PATH") is { Length: > 0 } given ? given : "/usr/bin/chromium";
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"The browser tests need Chromium and found none at {path}. Install it (apt-get install chromium), or set CHROMIUM_PATH.");
    }
}
