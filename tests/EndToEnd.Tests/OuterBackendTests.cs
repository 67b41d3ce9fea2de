using Grpc.Core;
using StockAspire.EndToEnd.Tests.Harness;
using StockAspire.Otlp;
using StockAspire.Otlp.Logs;
using StockAspire.Otlp.Traces;
using StockAspire.Protos.V1;

namespace StockAspire.EndToEnd.Tests;

/// <summary>What the services tell the dashboard goes on to the backend that OTEL_EXPORTER_OTLP_ENDPOINT names.</summary>
public sealed class OuterBackendTests
{
    private const string Broker = "kafka";

    private static readonly string[] Services = ["ingest", "query", "sink"];
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task A_backend_that_comes_late_gets_the_spans_logs_and_metrics_of_every_service()
    {
        var port = FreePorts.Take();
        await using var pipeline = await Pipeline.StartAsync(
            "AppHost:Dashboard=embedded",
            "environment=Development",
            $"OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:{port}",
            $"OTEL_EXPORTER_OTLP_HEADERS=x-otlp-api-key={OtlpBackend.ApiKey}");
        await new TickClient(pipeline.Ingest, "onward").PublishAsync(
            [new TradeRow(1, "ONWARD", 1_600_000_000_000_000_001, 1_000_000_000, 100_000_000, "X", "1", false)], Limit);
        var trace = await TraceOfStoredTickAsync(pipeline);
        await Eventually.TrueAsync("the dashboard that finds nobody", () => Task.FromResult(DashboardLog(pipeline).Contains("The next receiver is away", StringComparison.Ordinal)), Limit);

        await using var backend = await OtlpBackend.StartAsync(port);

        var received = backend.Received;
        await Eventually.TrueAsync(
            "the tick's trace from before, by ingest and sink",
            () => Task.FromResult(received.Traces.Get(trace, out var spans) is not null
                && spans.Any(span => span.Name == "send ticks" && span.Resource.ServiceName == "ingest")
                && spans.Any(span => span.Name == "process ticks" && span.Resource.ServiceName == "sink")),
            Limit);
        foreach (var service in Services)
        {
            await Eventually.TrueAsync(
                $"spans, logs and metrics of {service}",
                () => Task.FromResult(received.Traces.Find(new TraceFilter { Resource = service }).Count > 0
                    && received.Logs.Find(new LogFilter { Resource = service }).Count > 0
                    && received.Metrics.Instruments(service).Count > 0),
                Limit);
        }

        await Eventually.TrueAsync(
            "logs and metrics of the broker",
            () => Task.FromResult(received.Logs.Find(new LogFilter { Resource = Broker }).Count > 0
                && received.Metrics.Instruments(Broker).Any(instrument => instrument.Key.Name == "stockaspire.broker.messages.in")),
            Limit);
        Assert.Equal([.. Services, Broker], received.Resources.Snapshot().Select(resource => resource.ServiceName).OrderBy(name => name == Broker));
        await Eventually.TrueAsync("the dashboard that finds it again", () => Task.FromResult(DashboardLog(pipeline).Contains("0 items were dropped while it was away", StringComparison.Ordinal)), Limit);
        Assert.DoesNotContain(OtlpBackend.ApiKey, DashboardLog(pipeline) + pipeline.HostLog, StringComparison.Ordinal);
    }

    private static string DashboardLog(Pipeline pipeline)
    {
        var file = Path.Combine(pipeline.Data, "logs", "dashboard.log");
        return File.Exists(file) ? File.ReadAllText(file) : string.Empty;
    }

    private static async Task<TraceId> TraceOfStoredTickAsync(Pipeline pipeline)
    {
        var id = default(TraceId);
        await Eventually.TrueAsync(
            "the stored tick's trace",
            async () =>
            {
                try
                {
                    var found = await new QueryService.QueryServiceClient(pipeline.Query).GetTickProvenanceAsync(
                        new GetTickProvenanceRequest { Symbol = "ONWARD", Id = new TickId { Source = "onward", Sequence = 1 } },
                        cancellationToken: TestContext.Current.CancellationToken);
                    return TraceId.TryParse(found.TraceId, out id);
                }
                catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
                {
                    return false;
                }
            },
            Limit);
        return id;
    }
}
