using System.Diagnostics;
using System.Text;
using Google.Protobuf;
using Google.Rpc;
using StockAspire.Dashboard.Tests.Harness;
using StockAspire.Dashboard.Tests.Telemetry;
using StockAspire.Protos.V1;

namespace StockAspire.Dashboard.Tests.Ticks;

/// <summary>From a stored tick, or a row that could not be stored, to where it came from.</summary>
public sealed class TickPagesTests(Chromium chromium)
{
    private const string Detail = $"/ticks/detail?symbol=SPY&source={StoredTicks.File}&sequence=200";

    [Fact]
    public async Task A_stored_tick_leads_to_its_row_its_record_and_the_traces_of_chunk_and_batch()
    {
        await using var query = await FakeQuery.StartAsync(new GetPipelineStatusResponse());
        await using var scene = await TelemetryScene.StartAsync(("Dashboard__Pipeline__Url", query.Url));
        var (chunk, batch) = Work(scene);
        query.Stored.Add("SPY", 250);
        query.Stored.Add("QQQ", 1);
        query.Stored.Record = new GetTickProvenanceResponse { Partition = 3, Offset = 41, RecordIsKept = true, PublishedAtNs = StoredTicks.FirstNs, TraceId = chunk.TraceId.ToString(), SpanId = chunk.SpanId.ToString() };
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);

        await reader.OpenAsync("/");
        await reader.Page.Keyboard.PressAsync("k");
        await reader.Expect("h1").ToHaveTextAsync("Ticks");
        await reader.Expect(".symbols li").ToHaveCountAsync(2);
        await reader.Find(".symbols input").FillAsync("sp");
        await reader.Expect(".symbols li").ToHaveCountAsync(1);
        await reader.Page.Keyboard.PressAsync("Enter");
        await reader.Expect(".tick-list tbody tr").ToHaveCountAsync(100);
        await reader.Expect(".tick-list tbody tr >> nth=0").ToContainTextAsync("475.15");

        // 250 ticks, three to an event time: no page may lose or double one where a time is divided.
        List<string> sequences = [.. await SequencesAsync(reader)];
        for (var page = 2; page <= 3; page++)
        {
            await reader.Find(".pages >> text=Older").ClickAsync();
            await reader.Expect(".tick-list tbody tr:first-child td:nth-child(7)").ToHaveTextAsync($"{250 - ((page - 1) * 100)}");
            sequences.AddRange(await SequencesAsync(reader));
        }
        Assert.Equal(Enumerable.Range(1, 250).Reverse().Select(row => $"{row}"), sequences);
        await reader.Expect(".pages").ToContainTextAsync("That is the oldest.");
        await reader.Find(".pages >> text=Newest").ClickAsync();
        await reader.Expect(".tick-list tbody tr:first-child td:nth-child(7)").ToHaveTextAsync("250");

        await reader.Find(".tick-list tbody tr:has-text('474.65') td:nth-child(2)").ClickAsync();
        await reader.Expect("[data-step=source] .lead").ToHaveTextAsync("Data row 200 of demo_20240102_trade.csv");
        await reader.Expect("[data-step=topic] .lead").ToHaveTextAsync("Partition 3, offset 41");
        await reader.Expect("[data-step=ingest]").ToContainTextAsync("sequences 1 to 250 of epoch 1: 249 ticks, 1 rejected");
        await reader.Expect("[data-trace=batch]").ToContainTextAsync($"trace {batch.TraceId.ToString()[..8]}");
        Assert.Contains("&sequence=200", reader.Page.Url, StringComparison.Ordinal);
        await reader.AssertTidyAsync();
        await reader.PictureAsync("tick");

        await reader.Find("[data-trace=batch] a").ClickAsync();
        await reader.Expect(".span-row.selected").ToContainTextAsync("process ticks");
        await reader.OpenAsync(Detail);
        await reader.Find("[data-trace=chunk] a").ClickAsync();
        await reader.Expect(".span-row.selected").ToContainTextAsync("send ticks");
        await reader.AssertTidyAsync();
    }

    [Fact]
    public async Task A_trace_that_is_not_kept_and_a_record_that_is_gone_are_told_plainly()
    {
        await using var scene = await Scene.StartAsync();
        scene.Query.Stored.Add("SPY", 250);
        scene.Query.Stored.Record = new GetTickProvenanceResponse { RecordIsKept = true, TraceId = new string('a', 32), SpanId = new string('b', 16) };
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync(Detail);
        await reader.Expect("[data-trace=chunk]").ToContainTextAsync("is not here: it is still on its way");
        await reader.Expect("[data-trace=batch]").ToContainTextAsync("Its span is not here");

        scene.Query.Stored.Record = new GetTickProvenanceResponse();
        await reader.OpenAsync(Detail);
        await reader.Expect("[data-step=topic]").ToContainTextAsync("no longer in the topic");
        await reader.Expect("[data-trace=chunk]").ToContainTextAsync("Its trace stood in the record");

        await reader.OpenAsync("/ticks/detail?symbol=SPY&source=nobody&sequence=1");
        await reader.Expect("[role=alert]").ToContainTextAsync("There is nothing of that name.");
        await reader.OpenAsync("/ticks/detail?symbol=SPY");
        await reader.Expect("[role=alert]").ToContainTextAsync("A tick is named by symbol, source and sequence");
        await reader.AssertTidyAsync();
    }

    [Fact]
    public async Task What_is_away_is_told_and_the_page_comes_back_by_itself()
    {
        await using var scene = await Scene.StartAsync();
        scene.Query.Stored.Add("SPY", 3);
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await scene.Query.StopAsync();
        await reader.OpenAsync("/ticks?symbol=SPY");
        await reader.Expect("[role=alert]").ToContainTextAsync("Query does not answer: nothing listens at its address. It is asked again every two seconds.");
        scene.Query.Fault = new Google.Rpc.Status { Code = (int)Code.Unavailable, Message = "The tick store cannot be reached now: disk I/O error" };
        await scene.Query.StartAsync();
        await reader.Expect("[role=alert]").ToContainTextAsync("The tick store cannot be reached now: disk I/O error.");
        scene.Query.Fault = null;
        await reader.Expect(".tick-list tbody tr").ToHaveCountAsync(3);
        await reader.Expect("[role=alert]").ToHaveCountAsync(0);

        // A stream that fails on its way answers 200, with the error as its last line. What was shown stays.
        scene.Query.Fault = new Google.Rpc.Status { Code = (int)Code.Internal, Message = "The call failed inside the service; its log says why." };
        await reader.OpenAsync("/deadletters");
        await reader.Expect("[role=alert]").ToContainTextAsync("The call failed inside the service; its log says why. Query's console may say why.");
    }

    [Fact]
    public async Task The_count_of_dead_letters_leads_to_each_its_reason_and_its_bytes()
    {
        await using var query = await FakeQuery.StartAsync(new GetPipelineStatusResponse { DeadLetters = 60 });
        await using var scene = await TelemetryScene.StartAsync(("Dashboard__Pipeline__Url", query.Url));
        var (chunk, _) = Work(scene);
        query.DeadLetters = [.. Enumerable.Range(0, 60).Select(row => new DeadLetter
        {
            Id = $"0-{row}", Source = row == 7 ? "session:x" : StoredTicks.File, Sequence = (ulong)row, Field = "price", Reason = "expected a number, got \"none\" in column price; given up by ingest",
            Raw = row == 7 ? ByteString.CopyFrom(0, 1, 0xFF) : ByteString.CopyFromUtf8("SPY,none,100\r\n"), Line = row == 7 ? 0 : (ulong)row + 2, Path = row == 7 ? "" : "rows.csv", TimeNs = StoredTicks.FirstNs,
            TraceId = chunk.TraceId.ToString(), SpanId = chunk.SpanId.ToString(),
            Headers = { new DeadLetterHeader { Name = "stage", Value = ByteString.CopyFrom("ingest", Encoding.UTF8) } },
        })];
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/");
        await reader.Find("[data-figure=dead-letters] a:has-text('60')").ClickAsync();
        await reader.Expect("h1").ToHaveTextAsync("Dead letters");
        await reader.Expect(".letters tbody tr").ToHaveCountAsync(50);
        await reader.Expect(".letters tbody tr >> nth=0").ToContainTextAsync("rows.csv, line 61");
        await reader.PictureAsync("dead-letters");
        await reader.Find(".pages >> text=Older").ClickAsync();
        await reader.Expect(".letters tbody tr").ToHaveCountAsync(10);

        await reader.Find(".letters tbody tr >> nth=0 >> td:nth-child(4)").ClickAsync();
        await reader.Expect(".letter .lead").ToContainTextAsync("price: expected a number, got \"none\"");
        await reader.Expect(".raw").ToHaveTextAsync("SPY,none,100");
        await reader.Find("button:has-text('Hex')").ClickAsync();
        await reader.Expect(".raw.hex").ToContainTextAsync("000000  53 50 59 2c 6e 6f 6e 65 2c 31 30 30 0d 0a        SPY,none,100..");
        await reader.AssertTidyAsync();
        await reader.PictureAsync("dead-letter");
        await reader.Find(".letter dd a:has-text('ingest: StreamTicks')").ClickAsync();
        await reader.Expect(".span-row.selected").ToContainTextAsync("send ticks");

        await reader.OpenAsync("/deadletters");
        await reader.Find(".page-head input").FillAsync("session:x");
        await reader.Page.Keyboard.PressAsync("Enter");
        await reader.Expect(".letters tbody tr").ToHaveCountAsync(1);
        await reader.Find(".letters tbody a").ClickAsync();
        await reader.Expect(".raw.hex").ToContainTextAsync("00 01 ff");
        await reader.AssertTidyAsync();
    }

    [Fact]
    public async Task Without_an_address_of_Query_the_pages_are_no_part_of_the_navigation_and_say_why()
    {
        await using var scene = await TelemetryScene.StartAsync();
        await using var reader = await Reader.SignInAsync(chromium, scene.Dashboard);
        await reader.OpenAsync("/ticks");
        await reader.Expect("[role=alert]").ToContainTextAsync("set Dashboard__Pipeline__Url");
        await reader.Expect("nav[aria-label=Pages] a").ToHaveCountAsync(6);
        await reader.OpenAsync("/deadletters");
        await reader.Expect("[role=alert]").ToContainTextAsync("set Dashboard__Pipeline__Url");
    }

    private static async Task<IReadOnlyList<string>> SequencesAsync(Reader reader) => await reader.Find(".tick-list tbody td:nth-child(7)").AllTextContentsAsync();

    /// <summary>A call whose chunk went to partition 3, and a batch of offsets 40 to 44 that began with another chunk's trace.</summary>
    private static (ActivityContext Chunk, ActivityContext Batch) Work(TelemetryScene scene)
    {
        ActivityContext chunk, batch;
        using (var ingest = new Shop(scene, "ingest"))
        {
            using var call = ingest.Activities.StartActivity("StreamTicks", ActivityKind.Server)!;
            using var send = ingest.Activities.StartActivity("send ticks", ActivityKind.Producer)!;
            chunk = send.Context;
        }

        using (var sink = new Shop(scene, "sink"))
        {
            batch = Process(sink, chunk, "3", 40);
            Process(sink, chunk, "3", 45);
            Process(sink, chunk, "2", 40);
        }

        return (chunk, batch);
    }

    private static ActivityContext Process(Shop sink, ActivityContext chunk, string partition, long firstOffset)
    {
        using var process = sink.Activities.StartActivity("process ticks", ActivityKind.Consumer, default(ActivityContext), [], [new ActivityLink(chunk)])!;
        process.SetTag("messaging.destination.partition.id", partition).SetTag("messaging.kafka.offset", firstOffset).SetTag("messaging.batch.message_count", 5);
        return process.Context;
    }
}
