using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Extensions.Options;
using StockAspire.Ingest.Service.Tests.Harness;
using StockAspire.Market;
using StockAspire.Protos.V1;
using TickBlock = StockAspire.Protos.V1.TickBlock;

namespace StockAspire.Ingest.Service.Tests.Streams;

public sealed class LimitTests(KafkaFixture kafka)
{
    [Fact]
    public async Task A_block_of_too_many_rows_or_of_broken_columns_names_the_limit()
    {
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers);
        var tooMany = new TickBlock { Symbols = { "A" } };
        for (var i = 0; i <= Market.Blocks.TickBlock.RowsMax; i++)
        {
            tooMany.SequenceDelta.Add(1);
            tooMany.EventTimeDeltaNs.Add(1);
            tooMany.PriceDeltaE9.Add(1);
            tooMany.SizeE8.Add(1);
        }

        await AssertInvalidAsync(host, tooMany, "at most 4096 rows");
        var broken = TestTicks.Block(1, 3);
        broken.SizeE8.RemoveAt(0);
        await AssertInvalidAsync(host, broken, "expected 3 values in column size_e8");
        var large = TestTicks.Block(1, 1);
        large.Venues.Add(new string('x', 300_000));
        await AssertInvalidAsync(host, large, "at most 262144 bytes");
        var foreign = TestTicks.Block(1, 1);
        foreign.Sources[0] = "another";
        await AssertInvalidAsync(host, foreign, "got \"another\"");
    }

    [Fact]
    public async Task A_message_above_the_limit_is_refused()
    {
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers, new Dictionary<string, string?> { ["Ingest:MaxMessageBytes"] = "4096" });
        using var call = host.Client.StreamTicks();
        await call.OpenAsync(TestTicks.NewSource());
        var block = TestTicks.Block(0, 1);
        block.Venues.Add(new string('x', 5_000));
        await call.SendAsync(block);
        Assert.Equal(StatusCode.ResourceExhausted, (await call.FailureAsync()).StatusCode);
    }

    [Fact]
    public async Task One_stream_too_many_is_refused_and_told_when_to_come_again()
    {
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers, new Dictionary<string, string?> { ["Ingest:MaxStreams"] = "1" });
        using var first = host.Client.StreamTicks();
        await first.OpenAsync(TestTicks.NewSource());
        using var second = host.Client.StreamTicks();
        var failure = await second.FailureAsync();
        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
        Assert.NotNull(failure.GetRpcStatus()!.GetDetail<RetryInfo>());
        await first.RequestStream.CompleteAsync();
        Assert.False(await first.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("run:01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    [InlineData("kafka:1/2")]
    [InlineData("a\nb")]
    public async Task A_name_that_is_not_the_clients_to_use_is_refused(string source)
    {
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers);
        using var call = host.Client.StreamTicks();
        await call.RequestStream.WriteAsync(new StreamTicksRequest { Open = new StreamOpen { Source = source } });
        var failure = await call.FailureAsync();
        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        Assert.Equal("open.source", failure.GetRpcStatus()!.GetDetail<BadRequest>().FieldViolations.Single().Field);
    }

    [Fact]
    public async Task A_first_message_that_is_not_open_is_refused()
    {
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers);
        using var call = host.Client.StreamTicks();
        await call.SendAsync(TestTicks.Block(1, 1));
        Assert.Contains("first message", (await call.FailureAsync()).Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_name_the_stream_is_a_session_of_its_own()
    {
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers);
        using var upload = host.Client.UploadTicks();
        await upload.RequestStream.WriteAsync(new UploadTicksRequest { Open = new StreamOpen { FirstSequence = 1 } });
        await upload.RequestStream.WriteAsync(new UploadTicksRequest { Block = TestTicks.Block([TestTicks.Make(1), TestTicks.Make(2) with { Size = new Size(-1) }]) });
        await upload.RequestStream.CompleteAsync();
        var answer = await upload;
        Assert.Equal((1UL, 1UL, 2UL), (answer.Accepted, answer.Rejected, answer.LastSequence));
    }

    [Fact]
    public async Task Ticks_are_published_by_JSON_over_HTTP_with_problems_named()
    {
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers);
        using var http = new HttpClient { BaseAddress = host.Http };
        var ticks = new object[]
        {
            new { symbol = "SPY", eventTimeNs = "1381152600000000000", priceE9 = "168520000000", sizeE8 = "100000000" },
            new { symbol = "", eventTimeNs = "1381152600000000000", priceE9 = "1", sizeE8 = "1" },
        };
        using var response = await http.PostAsJsonAsync("/v1/ticks:publish", new { ticks }, TestContext.Current.CancellationToken);
        var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("1", body.GetProperty("accepted").GetString());
        Assert.Equal("symbol", body.GetProperty("rejected")[0].GetProperty("field").GetString());
        var tick = Assert.Single(TopicContents.Ticks(kafka.BootstrapServers, body.GetProperty("source").GetString()!));
        Assert.Equal(168_520_000_000, tick.Price.E9);
        using var bad = await http.PostAsJsonAsync("/v1/ticks:publish", new { source = "x" }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
    }

    [Fact]
    public async Task Health_is_served_over_HTTP_and_gRPC()
    {
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers);
        using var http = new HttpClient { BaseAddress = host.Http };
        Assert.Equal("Healthy", await http.GetStringAsync("/health", TestContext.Current.CancellationToken));
        await Eventually.BecomesAsync(
            "the service ready again",
            async () => (await new Health.HealthClient(host.Channel).CheckAsync(new HealthCheckRequest())).Status,
            status => status == HealthCheckResponse.Types.ServingStatus.Serving);
    }

    [Fact]
    public async Task Without_Kafka_the_service_is_alive_but_not_ready_and_says_so()
    {
        await using var host = await IngestHost.StartAsync("127.0.0.1:1", ready: false);
        using var http = new HttpClient { BaseAddress = host.Http };
        using var health = await http.GetAsync("/health", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        using var call = host.Client.StreamTicks();
        await call.RequestStream.WriteAsync(new StreamTicksRequest { Open = new StreamOpen { Source = "a" } });
        var failure = await call.FailureAsync();
        Assert.Equal((StatusCode.Unavailable, "KAFKA_DOWN"), (failure.StatusCode, failure.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason));
    }

    [Fact]
    public async Task A_setting_out_of_its_limits_names_the_key()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => IngestHost.StartAsync(
            kafka.BootstrapServers, new Dictionary<string, string?> { ["Ingest:MaxInFlightTicksPerStream"] = "5" }));
        Assert.Contains("Ingest:MaxInFlightTicksPerStream", failure.Message, StringComparison.Ordinal);
        Assert.Contains("got 5", failure.Message, StringComparison.Ordinal);
    }

    private static async Task AssertInvalidAsync(IngestHost host, TickBlock block, string part)
    {
        using var call = host.Client.StreamTicks();
        await call.OpenAsync(TestTicks.NewSource(), first: 1);
        await call.SendAsync(block);
        var failure = await call.FailureAsync();
        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        Assert.Contains(part, Assert.Single(failure.GetRpcStatus()!.GetDetail<BadRequest>().FieldViolations).Description, StringComparison.Ordinal);
    }
}
