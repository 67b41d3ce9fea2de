using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(StockAspire.Dashboard.Tests.Harness.Chromium))]

namespace StockAspire.Dashboard.Tests.Harness;

/// <summary>The machine's own Chromium, one for all tests. Tests that need it are skipped where it is absent.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Paths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private readonly SemaphoreSlim _once = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    internal async Task<IBrowser> BrowserAsync()
    {
        var path = Paths.FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"needs Chromium at {string.Join(" or ", Paths)} (Debian's package chromium)");
        await _once.WaitAsync();
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            return _browser ??= await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Args = ["--no-sandbox", "--disable-gpu"], Timeout = (float)Eventually.Limit.TotalMilliseconds });
        }
        finally
        {
            _once.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.CloseAsync();
        _playwright?.Dispose();
        _once.Dispose();
    }
}
