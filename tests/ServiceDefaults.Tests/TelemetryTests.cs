using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace StockAspire.ServiceDefaults.Tests;

public sealed class TelemetryTests
{
    [Fact]
    public async Task SourcesAndMeters_OfThisSolution_AreCollectedByNameAlone_AndProbesAreNotTraced()
    {
        using var source = new ActivitySource("StockAspire.Telemetry.Tests");
        using var stranger = new ActivitySource("Somebody.Else");
        using var meter = new Meter("StockAspire.Telemetry.Tests");
        var rows = meter.CreateCounter<long>("stockaspire.tests.rows");
        var spans = new List<Activity>();
        var metrics = new List<Metric>();
        var builder = ServiceFixture.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddInMemoryExporter(spans))
            .WithMetrics(reader => reader.AddInMemoryExporter(metrics));
        await using var app = builder.Build().MapDefaultEndpoints();
        app.MapGet("/work", () => "done");
        await app.StartAsync(TestContext.Current.CancellationToken);

        using (source.StartActivity("ours"))
            rows.Add(3);
        using (stranger.StartActivity("theirs"))
        {
        }
        using (var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null }))
        {
            await client.GetStringAsync(new Uri(app.Address() + "/health"), TestContext.Current.CancellationToken);
            await client.GetStringAsync(new Uri(app.Address() + "/work"), TestContext.Current.CancellationToken);
        }
        app.Services.GetRequiredService<TracerProvider>().ForceFlush();
        app.Services.GetRequiredService<MeterProvider>().ForceFlush();

        Assert.Contains(spans, span => span.DisplayName == "ours");
        Assert.DoesNotContain(spans, span => span.DisplayName == "theirs");

        // Spans of all applications in this process are heard, those of tests beside this one too.
        var port = new Uri(app.Address()).Port;
        var served = spans.Where(span => span.Kind == ActivityKind.Server && port.Equals(span.GetTagItem("server.port"))).Select(span => span.GetTagItem("url.path"));
        Assert.Equal(["/work"], served);
        Assert.Contains(metrics, metric => metric.Name == "stockaspire.tests.rows");
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("http://127.0.0.1:4317", true)]
    public void OtlpExporter_IsRegistered_OnlyWhereItsEndpointIsSet(string? endpoint, bool expected)
    {
        var builder = ServiceFixture.CreateBuilder(("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint));

        var registered = builder.Services.Any(service =>
            service.ServiceType.FullName?.Contains("UseOtlpExporterRegistration", StringComparison.Ordinal) == true);

        Assert.Equal(expected, registered);
    }
}
