using Microsoft.Playwright;

namespace Stickers.Browser.Tests;

/// <summary>One browser window that remembers everything that went wrong in it.</summary>
internal sealed class Window : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _faults = [];

    public Window(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                Note($"console {message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => Note($"exception: {error}");
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(page.Url.Split('#')[0].TrimEnd('/'), StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal) && page.Url != "about:blank")
                Note($"foreign request: {request.Url}");
        };
    }

    public IPage Page { get; }

    public ILocator Tiles => Page.Locator("#results a.tile");

    public ILocator Panel => Page.Locator("#panel");

    /// <summary>The neighbours in one space of the open panel.</summary>
    public ILocator Neighbours(string space) => Panel.Locator($"[data-space={space}] a.tile");

    /// <summary>What went wrong so far: errors and warnings of the console, exceptions, requests to elsewhere.</summary>
    public IReadOnlyList<string> Faults
    {
        get
        {
            lock (_faults)
                return [.. _faults];
        }
    }

    /// <summary>Keeps a picture for people.</summary>
    public Task ScreenshotAsync(string name) => Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Chromium.Screenshots, name + ".png") });

    /// <summary>Drops a file on the page as a person does: enter, over, drop.</summary>
    public async Task DropAsync(string name, string type, byte[] content)
    {
        var transfer = await Page.EvaluateHandleAsync(
            """
            ({ name, type, base64 }) => {
              const transfer = new DataTransfer();
              transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name, { type }));
              return transfer;
            }
            """,
            new { name, type, base64 = Convert.ToBase64String(content) });
        foreach (var step in (string[])["dragenter", "dragover", "drop"])
            await Page.DispatchEventAsync("main", step, new { dataTransfer = transfer });
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    private void Note(string fault)
    {
        lock (_faults)
            _faults.Add(fault);
    }
}
