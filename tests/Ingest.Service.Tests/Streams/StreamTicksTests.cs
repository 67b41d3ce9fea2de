using Google.Rpc;
using Grpc.Core;
using StockAspire.Ingest.Service.Tests.Harness;
using StockAspire.Market;
using StockAspire.Protos.V1;

namespace StockAspire.Ingest.Service.Tests.Streams;

public sealed class StreamTicksTests(KafkaFixture kafka)
{
    [Fact]
    public async Task An_acknowledged_tick_is_in_Kafka_and_sealed()
    {
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers);
        var source = TestTicks.NewSource();
        using var call = host.Client.StreamTicks();
        var opened = await call.OpenAsync(source, first: 1);
        Assert.False(opened.Known);
        Assert.Equal(65_536, opened.MaxInFlight);

        await call.SendAsync(TestTicks.Block(1, 10_000 / 4));
        await call.AckedAsync(2_500);

        var ticks = TopicContents.Ticks(kafka.BootstrapServers, source);
        Assert.Equal(2_500, ticks.Count);
        Assert.All(ticks, tick => Assert.Equal(TestTicks.Make(tick.Id.Sequence), tick with { Id = new("", tick.Id.Sequence), IngestTimeNs = 0 }));
        Assert.All(ticks, tick => Assert.InRange(tick.IngestTimeNs, 1, long.MaxValue));
        TopicContents.AssertSealed(TopicContents.Seals(kafka.BootstrapServers, source), ticks);
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_symbols_ticks_keep_their_order()
    {
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers);
        var source = TestTicks.NewSource();
        using var call = host.Client.StreamTicks();
        await call.OpenAsync(source);
        for (var block = 0; block < 20; block++)
        {
            await call.SendAsync(TestTicks.Block((ulong)block * 100, 100));
        }

        await call.AckedAsync(1_999);
        var ticks = TopicContents.Ticks(kafka.BootstrapServers, source);
        Assert.Equal(2_000, ticks.Count);
        foreach (var symbol in ticks.GroupBy(tick => tick.Symbol))
        {
            Assert.Equal(symbol.Select(tick => tick.Id.Sequence).Order(), symbol.Select(tick => tick.Id.Sequence));
        }
    }

    [Fact]
    public async Task A_reconnect_goes_on_where_it_was_and_resends_are_acknowledged_unread()
    {
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers);
        var source = TestTicks.NewSource();
        using (var first = host.Client.StreamTicks())
        {
            await first.OpenAsync(source, first: 1);
            await first.SendAsync(TestTicks.Block(1, 500));
            await first.AckedAsync(500);
        }

        using var second = host.Client.StreamTicks();
        var opened = await second.OpenAsync(source, first: 401);
        Assert.True(opened.Known);
        Assert.Equal(500UL, opened.LastSequence);
        await second.SendAsync(TestTicks.Block(401, 100));
        await second.AckedAsync(500);
        await second.SendAsync(TestTicks.Block(501, 100));
        Assert.Empty(await second.AckedAsync(600));

        var ticks = TopicContents.Ticks(kafka.BootstrapServers, source);
        Assert.Equal(600, ticks.Count);
        TopicContents.AssertSealed(TopicContents.Seals(kafka.BootstrapServers, source), ticks);
    }

    [Fact]
    public async Task Another_process_goes_on_where_the_first_was()
    {
        var source = TestTicks.NewSource();
        await using (var host = await IngestHost.StartAsync(kafka.BootstrapServers))
        {
            using var call = host.Client.StreamTicks();
            await call.OpenAsync(source, first: 1);
            await call.SendAsync(TestTicks.Block(1, 5));
            await call.AckedAsync(5);
        }

        await using var other = await IngestHost.StartAsync(kafka.BootstrapServers);
        using var again = other.Client.StreamTicks();
        var opened = await again.OpenAsync(source, first: 1);
        Assert.Equal((true, 5UL), (opened.Known, opened.LastSequence));
    }

    [Fact]
    public async Task A_skipped_sequence_ends_the_stream_after_what_came_before_it()
    {
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers);
        var source = TestTicks.NewSource();
        using var call = host.Client.StreamTicks();
        await call.OpenAsync(source, first: 1);
        await call.SendAsync(TestTicks.Block([TestTicks.Make(1), TestTicks.Make(2), TestTicks.Make(5)]));

        var failure = await call.FailureAsync();
        Assert.Equal(StatusCode.FailedPrecondition, failure.StatusCode);
        var info = failure.GetRpcStatus()!.GetDetail<ErrorInfo>();
        Assert.Equal(("stockaspire", "SEQUENCE_GAP"), (info.Domain, info.Reason));
        Assert.Equal(("3", "5"), (info.Metadata["expected"], info.Metadata["actual"]));
        Assert.Equal(2, TopicContents.Ticks(kafka.BootstrapServers, source).Count);
        Assert.Equal(2UL, TopicContents.Seals(kafka.BootstrapServers, source).Single(seal => !seal.IsOpening).Last);
    }

    [Fact]
    public async Task A_stream_that_begins_after_a_gap_is_refused()
    {
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers);
        var source = TestTicks.NewSource();
        await host.Client.PublishTicksAsync(new PublishTicksRequest { Source = source, Block = TestTicks.Block(1, 3) });
        using var call = host.Client.StreamTicks();
        await call.RequestStream.WriteAsync(new StreamTicksRequest { Open = new StreamOpen { Source = source, FirstSequence = 9 } });
        var failure = await call.FailureAsync();
        Assert.Equal(StatusCode.FailedPrecondition, failure.StatusCode);
        Assert.Contains("expected sequence 4 next, got 9", failure.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_duplicate_is_rejected_and_uses_up_no_sequence()
    {
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers);
        var source = TestTicks.NewSource();
        using var call = host.Client.StreamTicks();
        await call.OpenAsync(source, first: 1);
        await call.SendAsync(TestTicks.Block([TestTicks.Make(1), TestTicks.Make(2), TestTicks.Make(1), TestTicks.Make(2), TestTicks.Make(3)]));
        var rejects = await call.AckedAsync(3);
        Assert.Equal([1UL, 2UL], rejects.Select(reject => reject.Sequence));
        Assert.All(rejects, reject => Assert.Equal("sequence", reject.Field));
        Assert.Contains("expected 3, got 1", rejects[0].Reason, StringComparison.Ordinal);
        var ticks = TopicContents.Ticks(kafka.BootstrapServers, source);
        Assert.Equal(3, ticks.Count);
        TopicContents.AssertSealed(TopicContents.Seals(kafka.BootstrapServers, source), ticks);
    }

    public static TheoryData<string, string> BadTicks => new()
    {
        { "symbol", "expected a symbol, got nothing" },
        { "size_e8", "expected a size of 0 or more, got -1" },
        { "event_time_ns", "got 2262-04-11" },
    };

    [Theory]
    [MemberData(nameof(BadTicks))]
    public async Task A_bad_tick_becomes_a_dead_letter_and_uses_up_its_sequence(string field, string reason)
    {
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers);
        var source = TestTicks.NewSource();
        var bad = field switch
        {
            "symbol" => TestTicks.Make(2) with { Symbol = string.Empty },
            "size_e8" => TestTicks.Make(2) with { Size = new Size(-100_000_000) },
            _ => TestTicks.Make(2) with { EventTimeNs = long.MaxValue },
        };
        using var call = host.Client.StreamTicks();
        await call.OpenAsync(source, first: 1);
        await call.SendAsync(TestTicks.Block([TestTicks.Make(1), bad, TestTicks.Make(3)]));
        var reject = Assert.Single(await call.AckedAsync(3));
        Assert.Equal((2UL, field), (reject.Sequence, reject.Field));
        Assert.Contains(reason, reject.Reason, StringComparison.Ordinal);
        Assert.StartsWith("ticks.dlq/0/", reject.DeadLetter, StringComparison.Ordinal);

        var (headers, raw) = Assert.Single(TopicContents.DeadLetters(kafka.BootstrapServers, source));
        Assert.Equal(("2", field, "ingest"), (headers["sequence"], headers["field"], headers["stage"]));
        var reader = new Market.Blocks.TickBlockReader();
        reader.Read(raw);
        Assert.Equal(bad.EventTimeNs, reader.Ticks[0].EventTimeNs);
        TopicContents.AssertSealed(TopicContents.Seals(kafka.BootstrapServers, source), TopicContents.Ticks(kafka.BootstrapServers, source), 2);
    }

    [Fact]
    public async Task Rows_that_the_client_could_not_read_explain_their_gap()
    {
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers);
        var source = TestTicks.NewSource();
        using var call = host.Client.StreamTicks();
        await call.OpenAsync(source, first: 1);
        await call.SendAsync(TestTicks.Block(1, 2));
        var row = new RejectedRow { Sequence = 3, Field = "price_e9", Reason = "expected a decimal number, got \"x\"", Raw = TestTicks.Utf8("SPY,x"), Line = 4 };
        await call.RequestStream.WriteAsync(new StreamTicksRequest { Rejects = new ClientRejects { Rows = { row } } });
        await call.SendAsync(TestTicks.Block(4, 2));
        Assert.Equal(3UL, Assert.Single(await call.AckedAsync(5)).Sequence);
        var (headers, raw) = Assert.Single(TopicContents.DeadLetters(kafka.BootstrapServers, source));
        Assert.Equal(("4", "price_e9"), (headers["line"], headers["field"]));
        Assert.Equal("SPY,x"u8, raw);
        TopicContents.AssertSealed(TopicContents.Seals(kafka.BootstrapServers, source), TopicContents.Ticks(kafka.BootstrapServers, source), 3);
    }

    [Fact]
    public async Task Corrections_are_beside_the_sequences()
    {
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers);
        var source = TestTicks.NewSource();
        using var call = host.Client.StreamTicks();
        await call.OpenAsync(source, first: 1);
        await call.SendAsync(TestTicks.Block(1, 3));
        await call.AckedAsync(3);
        var correction = TestTicks.Make(2) with { Revision = 1, Action = Market.TickAction.Correct, Price = new Price(1) };
        var early = TestTicks.Make(9) with { Revision = 1 };
        await call.SendAsync(TestTicks.Block([correction, early]));
        await call.SendAsync(TestTicks.Block(4, 1));
        var reject = Assert.Single(await call.AckedAsync(4));
        Assert.Equal((9UL, "sequence"), (reject.Sequence, reject.Field));
        var corrections = TopicContents.Seals(kafka.BootstrapServers, source).SelectMany(seal => seal.Corrections).ToList();
        Assert.Equal((2UL, 1U), (Assert.Single(corrections).Sequence, corrections[0].Revision));
        Assert.Contains(TopicContents.Ticks(kafka.BootstrapServers, source), tick => tick.Revision == 1 && tick.Price.E9 == 1);
    }

    [Fact]
    public async Task A_file_that_a_client_streams_is_on_record_and_sealed_as_a_load_would_seal_it()
    {
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers);
        var source = "csv:" + Guid.NewGuid().ToString("N");
        using var call = host.Client.StreamTicks();
        await call.RequestStream.WriteAsync(new StreamTicksRequest
        {
            Open = new StreamOpen { Source = source, FirstSequence = 1, Path = "day.csv", ContentHash = "00ff", Mapping = "format==index" },
        });
        Assert.Equal(source, (await call.NextAsync()).Opened.Source);
        var load = (await host.Client.GetLoadAsync(new GetLoadRequest { Load = source })).Load;
        Assert.Equal(("day.csv", "00ff", "format==index"), (load.Record.Path, load.Record.ContentHash, load.Record.Mapping));
        for (var block = 0; block < 9; block++)
        {
            await call.SendAsync(TestTicks.Block(1 + ((ulong)block * 1_000), 1_000));
        }

        await call.AckedAsync(9_000);
        var seals = TopicContents.Seals(kafka.BootstrapServers, source);
        Assert.Equal([(1UL, 4_096UL), (4_097UL, 8_192UL), (8_193UL, 9_000UL)], seals.Select(seal => (seal.First, seal.Last)));
        TopicContents.AssertSealed(seals, TopicContents.Ticks(kafka.BootstrapServers, source));
    }

    [Fact]
    public async Task An_older_epoch_is_refused()
    {
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers);
        var source = TestTicks.NewSource();
        using var newer = host.Client.StreamTicks();
        await newer.OpenAsync(source, epoch: 7);
        using var older = host.Client.StreamTicks();
        await older.RequestStream.WriteAsync(new StreamTicksRequest { Open = new StreamOpen { Source = source, Epoch = 6 } });
        var failure = await older.FailureAsync();
        Assert.Equal(StatusCode.Aborted, failure.StatusCode);
        Assert.Equal("SOURCE_FENCED", failure.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_newer_epoch_ends_the_older_stream(bool inAnotherProcess)
    {
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers);
        await using var other = await IngestHost.StartAsync(kafka.BootstrapServers);
        var source = TestTicks.NewSource();
        using var older = host.Client.StreamTicks();
        await older.OpenAsync(source, epoch: 1, first: 1);
        await older.SendAsync(TestTicks.Block(1, 10));
        await older.AckedAsync(10);

        using var newer = (inAnotherProcess ? other : host).Client.StreamTicks();
        Assert.Equal(10UL, (await newer.OpenAsync(source, epoch: 2, first: 1)).LastSequence);
        var failure = await older.FailureAsync();
        Assert.Equal(StatusCode.Aborted, failure.StatusCode);
        Assert.Equal("SOURCE_FENCED", failure.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason);
        await newer.SendAsync(TestTicks.Block(11, 10));
        await newer.AckedAsync(20);
        TopicContents.AssertSealed(
            [.. TopicContents.Seals(kafka.BootstrapServers, source).Where(seal => !seal.IsOpening)], TopicContents.Ticks(kafka.BootstrapServers, source));
    }
}
