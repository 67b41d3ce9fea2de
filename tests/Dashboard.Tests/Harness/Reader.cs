using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;

namespace StockAspire.Dashboard.Tests.Harness;

/// <summary>Someone who reads a dashboard in a browser. What the browser complains about fails the test.</summary>
internal sealed class Reader : IAsyncDisposable
{
    /// <summary>A folder for pictures of the pages; none are taken where it is not set.</summary>
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("STOCKASPIRE_SCREENSHOTS");
    private static readonly float LimitMs = (float)Eventually.Limit.TotalMilliseconds;

    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = new();

    private Reader(IBrowserContext context, IPage page, string url)
    {
        _context = context;
        Page = page;
        Url = url;
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                _complaints.Enqueue(message.Text);
        };
        page.PageError += (_, error) => _complaints.Enqueue(error);
    }

    public IPage Page { get; }

    public string Url { get; }

    public static async Task<Reader> SignInAsync(Chromium chromium, DashboardProcess dashboard, int width = 1280, int height = 800, bool isDark = false)
    {
        var browser = await chromium.BrowserAsync();
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            AcceptDownloads = true,
        });
        context.SetDefaultTimeout(LimitMs);
        Assertions.SetDefaultExpectTimeout(LimitMs);
        var reader = new Reader(context, await context.NewPageAsync(), dashboard.Url);
        await reader.Page.GotoAsync($"{dashboard.Url}/login?t={DashboardProcess.Token}");
        return reader;
    }

    /// <summary>Opens a page and waits until it is alive, not only painted. Returns how long that took.</summary>
    public async Task<TimeSpan> OpenAsync(string path)
    {
        var started = Stopwatch.StartNew();
        await Page.GotoAsync(Url + path);
        await Page.WaitForFunctionAsync("() => document.documentElement.dataset.alive === 'true'");
        return started.Elapsed;
    }

    public ILocator Find(string selector) => Page.Locator(selector);

    public ILocatorAssertions Expect(string selector) => Assertions.Expect(Page.Locator(selector));

    public async Task PictureAsync(string name)
    {
        if (Pictures is null)
            return;
        Directory.CreateDirectory(Pictures);
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Pictures, name + ".png"), Animations = ScreenshotAnimations.Disabled });
    }

    /// <summary>Nothing is wider than the window, and the browser had nothing to complain about.</summary>
    public async Task AssertTidyAsync()
    {
        var beyond = await Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - window.innerWidth");
        Assert.True(beyond <= 0, $"{Page.Url} is {beyond.ToString(CultureInfo.InvariantCulture)} pixels wider than the window");
        AssertNoComplaint();
    }

    public void AssertNoComplaint() => Assert.Empty(_complaints);

    public async ValueTask DisposeAsync() => await _context.CloseAsync();
}
