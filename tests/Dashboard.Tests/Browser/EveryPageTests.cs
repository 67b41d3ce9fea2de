using System.Globalization;
using Google.Protobuf;
using StockAspire.Dashboard.Tests.Harness;
using StockAspire.Protos.V1;

namespace StockAspire.Dashboard.Tests.Browser;

public sealed class EveryPageTests(Chromium chromium)
{
    private static readonly (string Path, string Name)[] Pages =
        [("/", "pipeline"), ("/resources", "resources"), ("/resources?resource=sink", "resource-details"), ("/resources?view=graph", "resources-graph"), ("/console?resource=ingest", "console"),
        ("/ticks?symbol=SPY", "ticks"), ($"/ticks/detail?symbol=SPY&source={StoredTicks.File}&sequence=2", "tick"), ("/deadletters", "dead-letters"), ("/deadletters/detail?id=0-1", "dead-letter")];

    /// <summary>A second is the aim; asserted is only what no machine can excuse.</summary>
    private static readonly TimeSpan OpenMax = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(1280, 800, false, "")]
    [InlineData(1280, 800, true, "-dark")]
    [InlineData(390, 844, false, "-phone")]
    public async Task Every_page_opens_fast_and_fits(int width, int height, bool isDark, string suffix)
    {
        await using var scene = await Scene.StartAsync();
        WriteSomeLines(scene);
        scene.Query.Stored.Add("SPY", 40);
        scene.Query.Stored.Record = new() { RecordIsKept = true, TraceId = new string('a', 32), Partition = 3, Offset = 41 };
        scene.Query.DeadLetters = [.. Enumerable.Range(0, 40).Select(row => new DeadLetter { Id = $"0-{row}", Source = StoredTicks.File, Path = "a-rather-long-name-of-a-file-of-ticks.csv", Line = 12_345, Field = "event_time_ns", Reason = "expected a time from 1900-01-01T00:00:00Z to 2026-01-02T03:04:05Z, got 2999-01-01T00:00:00Z", Raw = ByteString.CopyFrom(new byte[200]) })];
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard, width, height, isDark);
        foreach (var (path, _) in Pages)
            await reader.OpenAsync(path);
        foreach (var (path, name) in Pages)
        {
            var took = await reader.OpenAsync(path);
            TestContext.Current.SendDiagnosticMessage(string.Create(CultureInfo.InvariantCulture, $"{name}{suffix}: alive after {took.TotalMilliseconds:F0} ms"));
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}{suffix}: alive after {took.TotalMilliseconds:F0} ms"));
            Assert.InRange(took, TimeSpan.Zero, OpenMax);
            await reader.Expect("h1").ToHaveCountAsync(1);
            if (path.StartsWith("/console", StringComparison.Ordinal))
                await reader.Expect(".line.stderr").ToBeInViewportAsync();
            if (path.StartsWith("/ticks", StringComparison.Ordinal) || path.StartsWith("/deadletters", StringComparison.Ordinal))
                await reader.Expect(".tick-list tbody tr, .journey li, .letters tbody tr, .letter").Not.ToHaveCountAsync(0);
            await reader.AssertTidyAsync();
            await reader.PictureAsync(name + suffix);
        }
    }

    [Fact]
    public async Task Pages_are_reached_by_links_and_by_letters_and_the_content_by_one_tab()
    {
        await using var scene = await Scene.StartAsync();
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/");
        await reader.Page.Keyboard.PressAsync("r");
        await reader.Expect("h1").ToHaveTextAsync("Resources");
        await reader.Page.Keyboard.PressAsync("c");
        await reader.Expect("h1").ToHaveTextAsync("Console");
        await reader.Find("input[type=search]").FocusAsync();
        await reader.Page.Keyboard.PressAsync("p");
        await reader.Expect("h1").ToHaveTextAsync("Console");
        await reader.Find("nav >> text=Pipeline").ClickAsync();
        await reader.Expect("h1").ToHaveTextAsync("Pipeline");

        // A page begins at its heading, so that the navigation need not be walked through on each.
        await reader.Expect("h1").ToBeFocusedAsync();
        await reader.Page.Keyboard.PressAsync("Tab");
        await reader.Expect("[data-stage=Ingest] h2 a").ToBeFocusedAsync();
        await reader.AssertTidyAsync();
    }

    [Fact]
    public async Task A_theme_that_was_chosen_stays()
    {
        await using var scene = await Scene.StartAsync();
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/");
        var light = await BackgroundAsync(reader);
        await reader.Find("[aria-label='Dark theme']").ClickAsync();
        await reader.Expect("[aria-label='Light theme']").ToHaveCountAsync(1);
        await reader.OpenAsync("/resources");
        await reader.Expect("[aria-label='Light theme']").ToHaveCountAsync(1);
        Assert.NotEqual(light, await BackgroundAsync(reader));
        await reader.AssertTidyAsync();
    }

    [Fact]
    public async Task It_ends_at_once_when_asked_although_pages_are_open_and_they_come_back_after_a_restart()
    {
        await using var scene = await Scene.StartAsync();
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/console?resource=kafka");
        await reader.Page.EvaluateAsync("() => window.isOfTheFirst = true");
        var took = await scene.Dashboard.TerminateAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ended after {took.TotalMilliseconds:F0} ms"));
        Assert.Equal(0, scene.Dashboard.ExitCode);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(30));

        var environment = DashboardProcess.Environment(scene.AppHost.Url, scene.Query.Url);
        environment["ASPNETCORE_URLS"] = scene.Dashboard.Url;
        await using var next = await DashboardProcess.StartAsync(environment);
        await reader.Page.WaitForFunctionAsync("() => !window.isOfTheFirst && document.documentElement.dataset.alive === 'true'");
        await reader.OpenAsync("/resources");
        await reader.Expect("tr[data-resource]").ToHaveCountAsync(4);
    }

    private static Task<string> BackgroundAsync(Reader reader) => reader.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");

    private static void WriteSomeLines(Scene scene)
    {
        for (var i = 0; i < 40; i++)
            scene.AppHost.Write("ingest", string.Create(CultureInfo.InvariantCulture, $"2026-01-02T03:04:{i:00}.{i * 7:000}Z \e[32minfo\e[0m: ingest[3010] Source csv:90ecbbb9598b390a2584a464605882c7: {(i + 1) * 500:N0} rows acknowledged"));
        scene.AppHost.Write("ingest", "2026-01-02T03:04:41.001Z \e[1;33mwarn\e[0m: ingest[3020] Row 20,001 rejected: price is 'abc', expected a decimal");
        scene.AppHost.Write("ingest", "2026-01-02T03:04:42.002Z Unhandled exception. System.IO.IOException: No space left on device", isError: true);
    }
}
