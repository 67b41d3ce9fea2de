using Google.Protobuf;
using Grpc.Core;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Metrics.V1;
using StockAspire.Otlp.Receiving;
using StockAspire.Otlp.Wire;

namespace StockAspire.Otlp.Tests;

public sealed class GrpcReceiverTests
{
    private static Metadata Key(string key = ReceiverHost.ApiKey) => new() { { ApiKeyGate.Header, key } };

    [Fact]
    public async Task All_three_services_answer_generated_clients_with_no_partial_success()
    {
        await using var host = await ReceiverHost.StartAsync();
        using var channel = host.Channel();
        var traces = await new TraceService.TraceServiceClient(channel).ExportAsync(Messages.Traces("shop", Messages.Span(1, 1)), Key());
        var logs = await new LogsService.LogsServiceClient(channel).ExportAsync(Messages.Logs("shop", Messages.Log("hello")), Key());
        var metrics = await new MetricsService.MetricsServiceClient(channel).ExportAsync(new ExportMetricsServiceRequest(), Key());
        Assert.Null(traces.PartialSuccess);
        Assert.Null(logs.PartialSuccess);
        Assert.Null(metrics.PartialSuccess);
        await Eventually.TrueAsync("the trace and the log came", () => host.Store.Traces.Count == 1 && host.Store.Logs.Count == 1);
    }

    [Fact]
    public async Task Gzip_is_taken()
    {
        await using var host = await ReceiverHost.StartAsync();
        using var channel = host.Channel();
        var headers = Key();
        headers.Add("grpc-internal-encoding-request", "gzip");
        await new LogsService.LogsServiceClient(channel).ExportAsync(Messages.Logs("shop", Messages.Log(new string('x', 10_000))), headers);
        await Eventually.TrueAsync("the log came", () => host.Store.Logs.Count == 1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("the key of these test")]
    [InlineData("The key of these tests")]
    public async Task A_missing_or_wrong_key_is_unauthenticated(string key)
    {
        await using var host = await ReceiverHost.StartAsync();
        using var channel = host.Channel();
        var client = new TraceService.TraceServiceClient(channel);
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await client.ExportAsync(Messages.Traces("shop", Messages.Span(1, 1)), Key(key)));
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
        Assert.Equal(0, host.Store.Counts(Signal.Traces).Stored);
    }

    [Fact]
    public async Task The_secondary_key_and_no_key_where_unsecured_are_taken()
    {
        await using var host = await ReceiverHost.StartAsync(("Dashboard:Otlp:SecondaryApiKey", "the next key"));
        using (var channel = host.Channel())
        {
            await new TraceService.TraceServiceClient(channel).ExportAsync(new ExportTraceServiceRequest(), Key("the next key"));
        }

        await using var open = await ReceiverHost.StartAsync(("Dashboard:Otlp:AuthMode", "Unsecured"), ("Dashboard:Otlp:PrimaryApiKey", ""));
        using (var channel = open.Channel())
        {
            await new TraceService.TraceServiceClient(channel).ExportAsync(new ExportTraceServiceRequest());
        }
    }

    [Fact]
    public async Task Spans_without_valid_ids_are_rejected_and_the_others_stored()
    {
        await using var host = await ReceiverHost.StartAsync();
        using var channel = host.Channel();
        var (zero, shortId) = (Messages.Span(0, 1), Messages.Span(3, 1));
        shortId.SpanId = ByteString.CopyFrom(1, 2, 3);
        var answer = await new TraceService.TraceServiceClient(channel).ExportAsync(Messages.Traces("shop", zero, Messages.Span(2, 1), shortId), Key());
        Assert.Equal(2, answer.PartialSuccess.RejectedSpans);
        Assert.Contains("trace id", answer.PartialSuccess.ErrorMessage, StringComparison.Ordinal);
        await Eventually.TrueAsync("the valid span came", () => host.Store.Traces.Count == 1);
        Assert.Equal((1, 2), (host.Store.Counts(Signal.Traces).Stored, host.Store.Counts(Signal.Traces).Rejected));
    }

    [Fact]
    public async Task Data_points_that_cannot_be_kept_are_rejected_one_by_one()
    {
        await using var host = await ReceiverHost.StartAsync();
        using var channel = host.Channel();
        var request = new ExportMetricsServiceRequest
        {
            ResourceMetrics =
            {
                new ResourceMetrics
                {
                    ScopeMetrics =
                    {
                        new ScopeMetrics
                        {
                            Metrics =
                            {
                                new Metric { Name = "summary", Summary = new Summary { DataPoints = { new SummaryDataPoint(), new SummaryDataPoint() } } },
                                new Metric { Name = "no temporality", Sum = new Sum { DataPoints = { new NumberDataPoint { TimeUnixNano = 1, AsInt = 1 } } } },
                                new Metric { Name = "gauge", Gauge = new Gauge { DataPoints = { new NumberDataPoint { TimeUnixNano = 1 }, new NumberDataPoint { TimeUnixNano = 1, AsInt = 1 } } } },
                                new Metric
                                {
                                    Name = "buckets",
                                    Histogram = new Histogram
                                    {
                                        AggregationTemporality = AggregationTemporality.Cumulative,
                                        DataPoints = { new HistogramDataPoint { TimeUnixNano = 1, Count = 1, BucketCounts = { 1 }, ExplicitBounds = { 1 } } },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        };
        var answer = await new MetricsService.MetricsServiceClient(channel).ExportAsync(request, Key());
        Assert.Equal(5, answer.PartialSuccess.RejectedDataPoints);
        await Eventually.TrueAsync("the valid point came", () => host.Store.Counts(Signal.Metrics).Stored == 1);
    }

    [Fact]
    public async Task A_message_above_the_limit_is_refused_and_the_connection_goes_on()
    {
        await using var host = await ReceiverHost.StartAsync();
        using var channel = host.Channel();
        var client = new LogsService.LogsServiceClient(channel);
        var big = Messages.Logs("shop", Messages.Log(new string('x', OtlpOptions.MessageSizeMax)));
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await client.ExportAsync(big, Key()));
        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);

        // The same, small on the wire.
        var headers = Key();
        headers.Add("grpc-internal-encoding-request", "gzip");
        refused = await Assert.ThrowsAsync<RpcException>(async () => await client.ExportAsync(big, headers));
        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        await client.ExportAsync(Messages.Logs("shop", Messages.Log("small")), Key());
    }

    [Fact]
    public async Task Bytes_that_are_no_message_are_an_invalid_argument_and_nothing_of_them_is_stored()
    {
        await using var host = await ReceiverHost.StartAsync();
        using var channel = host.Channel();
        var whole = Messages.Traces("shop", Messages.Span(1, 1), Messages.Span(1, 2)).ToByteArray();
        var invoker = channel.CreateCallInvoker();
        var refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await invoker.AsyncUnaryCall(OtlpMethods.Export(Signal.Traces), null, new CallOptions(Key()), whole[..^3]));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        await invoker.AsyncUnaryCall(OtlpMethods.Export(Signal.Traces), null, new CallOptions(Key()), whole);
        await Eventually.TrueAsync("the whole message came", () => host.Store.Counts(Signal.Traces).Stored == 2);
    }
}
