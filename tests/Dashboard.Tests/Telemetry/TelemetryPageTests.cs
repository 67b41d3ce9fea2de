using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging;
using StockAspire.Dashboard.Tests.Harness;

namespace StockAspire.Dashboard.Tests.Telemetry;

/// <summary>What services send by the OpenTelemetry SDK is what people see.</summary>
public sealed class TelemetryPageTests(Chromium chromium)
{
    private const string RightEdge = ".times span >> nth=4";

    [Theory]
    [InlineData(1280, 800, false, "")]
    [InlineData(1280, 800, true, "-dark")]
    [InlineData(390, 844, false, "-phone")]
    public async Task Every_telemetry_page_shows_what_was_sent_and_fits(int width, int height, bool isDark, string suffix)
    {
        await using var scene = await TelemetryScene.StartAsync();
        var (batch, write) = Work(scene);
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard, width, height, isDark);

        await reader.OpenAsync("/structuredlogs?level=Warning");
        await reader.Expect("tbody .message").ToHaveCountAsync(2);
        await reader.AssertTidyAsync();
        await reader.OpenAsync("/structuredlogs");
        await reader.Expect(".logs tbody >> text=Rows 20 of AAPL acknowledged").ToBeVisibleAsync();
        await reader.PictureAsync("logs" + suffix);
        await reader.Find(".row-button:has-text('was not written')").ClickAsync();
        await reader.Expect("aside .exception").ToContainTextAsync("no space left");
        await reader.AssertTidyAsync();
        await reader.PictureAsync("log-details" + suffix);

        await reader.OpenAsync("/traces");
        await reader.Expect(".traces tbody .message").ToHaveCountAsync(2);
        await reader.AssertTidyAsync();
        await reader.PictureAsync("traces" + suffix);

        await reader.OpenAsync($"/traces/detail/{batch.TraceId}");
        await reader.Expect(".waterfall [aria-level]").ToHaveCountAsync(4);
        await reader.AssertTidyAsync();
        await reader.OpenAsync($"/traces/detail/{batch.TraceId}?spanId={batch.SpanId}");
        await reader.Expect("aside .links a").ToHaveCountAsync(1);
        await reader.AssertTidyAsync();
        await reader.PictureAsync("trace" + suffix);
        await reader.Find("aside .links a").ClickAsync();
        await reader.Expect($"code:has-text('{write.TraceId}')").ToBeVisibleAsync();
        await reader.Expect("aside h2").ToHaveTextAsync("process ticks");
        await reader.PictureAsync("trace-linked" + suffix);

        await reader.OpenAsync("/metrics?resource=sink&meter=StockAspire.sink&instrument=write.duration&minutes=60");
        await reader.Expect(".legend >> text=P99").ToBeVisibleAsync();
        await reader.Expect(".exemplars tbody a").Not.ToHaveCountAsync(0);
        await reader.AssertTidyAsync();
        await reader.PictureAsync("metrics-histogram" + suffix);
        await reader.OpenAsync("/metrics?resource=ingest&meter=StockAspire.Ingest&instrument=rows&minutes=60");
        await reader.Expect(".legend >> text=symbol=MSFT").ToBeVisibleAsync();
        await reader.PictureAsync("metrics-counter" + suffix);
        await reader.OpenAsync("/metrics?resource=ingest&meter=StockAspire.Ingest&instrument=rows&minutes=60&view=table&dim=symbol~AAPL");
        await reader.Expect(".values th").ToHaveCountAsync(2);
        await reader.AssertTidyAsync();
        await reader.PictureAsync("metrics-table" + suffix);
    }

    [Fact]
    public async Task Filters_are_in_the_address_and_lead_from_a_log_to_its_trace_and_back()
    {
        await using var scene = await TelemetryScene.StartAsync();
        var (batch, _) = Work(scene);
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/structuredlogs?resource=ingest");
        await reader.Find("[aria-label=Field]").FillAsync("Rows");
        await reader.Find("[aria-label=Operator]").SelectOptionAsync("GreaterOrEqual");
        await reader.Find("[aria-label=Value]").FillAsync("19");
        await reader.Find("text=Add filter").ClickAsync();
        await reader.Expect(".logs tbody .message").ToHaveCountAsync(2);
        Assert.Contains("filter=Rows~GreaterOrEqual~19", Uri.UnescapeDataString(reader.Page.Url), StringComparison.Ordinal);
        await reader.OpenAsync(new Uri(reader.Page.Url).PathAndQuery);
        await reader.Expect(".logs tbody .message").ToHaveCountAsync(2);

        await reader.Find(".logs tbody a").First.ClickAsync();
        await reader.Expect("h1").ToContainTextAsync("ingest: Append");
        Assert.Contains($"/traces/detail/{batch.TraceId}", reader.Page.Url, StringComparison.Ordinal);
        await reader.Find(".page-head >> text=21 logs").ClickAsync();
        await reader.Expect("[role=status]").ToContainTextAsync("21 of 22 shown");
        await reader.AssertTidyAsync();
    }

    [Fact]
    public async Task Metrics_begin_with_an_instrument_whose_window_moves_on_without_telemetry_and_stays_where_it_was_paused()
    {
        await using var scene = await TelemetryScene.StartAsync();
        Work(scene);
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/metrics?resource=ingest");
        await reader.Expect("h2").ToHaveTextAsync("rows");
        await reader.Expect(".meters details[open] [aria-current=true]").ToHaveTextAsync("rows");
        await reader.Expect(".instrument header").ToContainTextAsync("counter, rows per second");
        var end = await reader.Find(RightEdge).InnerTextAsync();
        await reader.Expect(RightEdge).Not.ToHaveTextAsync(end);

        await reader.Find("[aria-label=Pause]").ClickAsync();
        await reader.Expect("[aria-label='Go on']").ToBeVisibleAsync();
        var paused = await reader.Find(RightEdge).InnerTextAsync();
        await reader.Find("[aria-label=Earlier]").ClickAsync();
        await reader.Expect(RightEdge).Not.ToHaveTextAsync(paused);
        paused = await reader.Find(RightEdge).InnerTextAsync();
        await reader.OpenAsync(new Uri(reader.Page.Url).PathAndQuery);
        await reader.Expect(RightEdge).ToHaveTextAsync(paused);
        await reader.AssertTidyAsync();
    }

    [Fact]
    public async Task A_folded_span_hides_what_is_below_it()
    {
        await using var scene = await TelemetryScene.StartAsync();
        var (batch, _) = Work(scene);
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync($"/traces/detail/{batch.TraceId}");
        await reader.Expect(".waterfall [aria-level]").ToHaveCountAsync(4);
        await reader.Find("[aria-label='3 spans below']").ClickAsync();
        await reader.Expect(".waterfall [aria-level]").ToHaveCountAsync(1);
        await reader.AssertTidyAsync();
    }

    [Fact]
    public async Task What_is_not_valid_is_counted_for_all_to_see()
    {
        await using var scene = await TelemetryScene.StartAsync();
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/traces");
        await reader.Expect(".empty").ToContainTextAsync("No traces yet");

        // resource_spans { scope_spans { spans { } } }: a span without ids.
        Assert.Equal(HttpStatusCode.OK, await scene.PostAsync("/v1/traces", [0x0A, 4, 0x12, 2, 0x12, 0]));
        await reader.OpenAsync("/traces");
        await reader.Expect(".loss").ToContainTextAsync("1 not shown");
        await reader.AssertTidyAsync();
    }

    [Fact]
    public async Task Telemetry_comes_in_by_its_own_ports_and_key_alone()
    {
        await using var scene = await TelemetryScene.StartAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, await scene.PostAsync("/v1/logs", [], key: "wrong"));
        Assert.Equal(HttpStatusCode.NotFound, await scene.PostAsync("/v1/logs", [], to: new Uri(scene.Dashboard.Url)));
        Assert.Equal(HttpStatusCode.NotFound, await scene.PostAsync("/structuredlogs", []));
    }

    /// <summary>Two traces: a block that is appended, 4 spans, and the write of it elsewhere, which has a link back and fails.</summary>
    private static (ActivityContext Batch, ActivityContext Write) Work(TelemetryScene scene)
    {
        ActivityContext batch, write;
        using (var ingest = new Shop(scene, "ingest"))
        {
            var rows = ingest.Meter.CreateCounter<long>("rows", "{row}", "Rows acknowledged by Kafka.");
            var logger = ingest.Logger("StockAspire.Ingest.Streams");
            using var append = ingest.Activities.StartActivity("Append", ActivityKind.Server)!;
            append.SetTag("rpc.method", "Append").SetTag("stockaspire.source", "csv:90ecbbb9598b390a2584a464605882c7");
            for (var i = 1; i <= 20; i++)
            {
                rows.Add(500, KeyValuePair.Create<string, object?>("symbol", i % 3 == 0 ? "MSFT" : "AAPL"));
#pragma warning disable CA2254, CA1848, CA1873 // What is tested is what arrives.
                logger.LogInformation("Rows {Rows} of {Symbol} acknowledged", i, "AAPL");
            }

            logger.LogWarning("Row {Rows} rejected: price is {Price}, expected a decimal", 7, "abc");
            using (var send = ingest.Activities.StartActivity("send ticks", ActivityKind.Producer)!)
            {
                send.AddEvent(new ActivityEvent("acknowledged", tags: new ActivityTagsCollection { ["partition"] = 3 }));
                batch = send.Context;
                using var seal = ingest.Activities.StartActivity("send ticks.seals", ActivityKind.Producer);
            }

            using (ingest.Activities.StartActivity("validate"))
            {
            }
        }

        using (var sink = new Shop(scene, "sink"))
        {
            var duration = sink.Meter.CreateHistogram<double>("write.duration", "s", "From a batch's dispatch until it is stored.");
            using var process = sink.Activities.StartActivity("process ticks", ActivityKind.Consumer, default(ActivityContext), [], [new ActivityLink(batch)])!;
            write = process.Context;
            for (var i = 0; i < 50; i++)
            {
                duration.Record(0.001 * i);
            }

            process.SetStatus(ActivityStatusCode.Error, "no space left");
            sink.Logger("StockAspire.Sink.Writer").LogError(new IOException("no space left on device"), "Batch {Batch} was not written", 12);
#pragma warning restore CA2254, CA1848, CA1873
        }

        return (batch, write);
    }
}
