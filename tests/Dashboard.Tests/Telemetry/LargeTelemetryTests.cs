using System.Diagnostics;
using System.Globalization;
using System.Net;
using Google.Protobuf;
using OpenTelemetry.Proto.Logs.V1;
using StockAspire.Dashboard.Tests.Harness;
using StockAspire.Otlp.Tests;

namespace StockAspire.Dashboard.Tests.Telemetry;

/// <summary>More than fits a page: all of it is reached, and nothing moves while it is read.</summary>
public sealed class LargeTelemetryTests(Chromium chromium)
{
    private const int Logs = 20_000;
    private const int LogsPerMessage = 2_000;
    private const string TopRow = ".logs tbody .message >> nth=0";

    [Fact]
    public async Task Of_20_000_logs_the_oldest_is_reached_and_rows_stand_still_while_they_are_read()
    {
        await using var scene = await TelemetryScene.StartAsync(("DASHBOARD__TELEMETRYLIMITS__MAXLOGCOUNT", "30000"));
        for (var i = 0; i < Logs; i += LogsPerMessage)
        {
            await SendLogsAsync(scene, i + 1, LogsPerMessage);
        }

        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/structuredlogs");
        await reader.Expect("[role=status]").ToHaveTextAsync("20,000 of 20,000 shown");
        await reader.Expect(TopRow).ToHaveTextAsync("log 20000");
        Assert.InRange(await reader.Find(".logs tbody .message").CountAsync(), 1, 200);

        await ScrollAsync(reader, int.MaxValue);
        await reader.Expect(".row-button:text-is('log 1')").ToBeInViewportAsync();
        await ScrollAsync(reader, 200_000);
        var inSight = await reader.Page.WaitForFunctionAsync("() => document.elementFromPoint(700, 400)?.closest('tr')?.querySelector('.message')?.textContent.trim()");
        var message = reader.Find($".row-button:text-is('{await inSight.JsonValueAsync<string>()}')");
        var before = await message.BoundingBoxAsync();
        await SendLogsAsync(scene, Logs + 1, 500);
        await reader.Expect(".newer").ToContainTextAsync("500 newer");
        Assert.Equal(before!.Y, (await message.BoundingBoxAsync())!.Y);

        // Back at the top, it stands as well while a row is pointed at.
        await reader.Find(".newer").ClickAsync();
        await reader.Expect(TopRow).ToHaveTextAsync("log 20500");
        await reader.Find(TopRow).HoverAsync();
        await SendLogsAsync(scene, Logs + 501, 3);
        await reader.Expect(".newer").ToContainTextAsync("3 newer");
        await reader.Expect(TopRow).ToHaveTextAsync("log 20500");
        await reader.Find("h1").HoverAsync();
        await reader.Expect(TopRow).ToHaveTextAsync("log 20503");
        await reader.Expect("[role=status]").ToHaveTextAsync("20,503 of 20,503 shown");

        await reader.Find("[type=search]").FillAsync("LOG 1234");
        await reader.Expect("[role=status]").ToHaveTextAsync("11 of 20,503 shown");
        Assert.Contains("text=LOG", reader.Page.Url, StringComparison.Ordinal);
        await reader.AssertTidyAsync();
    }

    [Fact]
    public async Task A_flood_of_spans_is_drawn_twice_a_second()
    {
        const int Posts = 1_000;
        await using var scene = await TelemetryScene.StartAsync();
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/traces");
        await reader.Page.EvaluateAsync("() => { window.drawn = 0; new MutationObserver(() => window.drawn++).observe(document.querySelector('main'), { childList: true, subtree: true, characterData: true }); }");
        var started = Stopwatch.StartNew();
        for (var i = 0; i < Posts; i++)
        {
            await PostAsync(scene, "/v1/traces", Messages.Traces("flood", [.. Enumerable.Range(1, 100).Select(j => Messages.Span((ulong)(i * 100 + j), 1))]));
        }

        await reader.Expect("[role=status]").ToHaveTextAsync("10,000 of 10,000 shown");
        var drawn = await reader.Page.EvaluateAsync<int>("() => window.drawn");

        // One drawing is seen as a few changes of the page: rows, then those that the browser finds room for.
        var drawingsMax = (int)(started.Elapsed.TotalSeconds * 2) + 2;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Posts} messages within {started.Elapsed.TotalSeconds:F1} s: {drawn} changes of the page"));
        Assert.InRange(drawn, 1, drawingsMax * 6);
        await reader.AssertTidyAsync();
    }

    [Fact]
    public async Task A_link_leads_to_a_span_among_thousands()
    {
        await using var scene = await TelemetryScene.StartAsync();
        await PostAsync(scene, "/v1/traces", Messages.Traces(
            "deep", [Messages.Span(7, 1, start: 1, end: 10_000_000), .. Enumerable.Range(2, 3_000).Select(i => Messages.Span(7, (ulong)i, parent: 1, name: $"step {i}", start: (ulong)i * 1_000, end: (ulong)i * 2_000))]));
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/traces/detail/00000000000000000000000000000007?spanId=00000000000007d0");
        await reader.Expect(".span-row.selected").ToContainTextAsync("step 2000");
        await reader.Expect(".span-row.selected").ToBeInViewportAsync();
        Assert.InRange(await reader.Find(".span-row").CountAsync(), 2, 200);
        await reader.AssertTidyAsync();
    }

    private static async Task ScrollAsync(Reader reader, int top) => await reader.Page.EvaluateAsync("top => document.querySelector('.rows').scrollTop = top", top);

    private static Task SendLogsAsync(TelemetryScene scene, int first, int count) =>
        PostAsync(scene, "/v1/logs", Messages.Logs("shop", [.. Enumerable.Range(first, count).Select(i => At(Messages.Log($"log {i}"), i))]));

    private static LogRecord At(LogRecord record, int ms)
    {
        record.TimeUnixNano = (ulong)ms * 1_000_000;
        return record;
    }

    private static async Task PostAsync(TelemetryScene scene, string path, IMessage message) =>
        Assert.Equal(HttpStatusCode.OK, await scene.PostAsync(path, message.ToByteArray()));
}
