using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace StockAspire.ServiceDefaults;

/// <summary>
/// OpenTelemetry logs, metrics and traces. A component is picked up by the name of its source or meter alone:
/// <c>StockAspire.*</c>. Data leaves the process only where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.
/// </summary>
internal static class TelemetryExtensions
{
    /// <summary>Matches every ActivitySource and Meter of this solution.</summary>
    internal const string SourceWildcard = "StockAspire.*";

    private const string OtlpEndpointKey = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string ServiceNameKey = "OTEL_SERVICE_NAME";

    internal static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        var telemetry = builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter(SourceWildcard))
            .WithTracing(tracing => tracing
                .AddSource(SourceWildcard)
                .AddSource("Grpc.Net.Client")
                .AddAspNetCoreInstrumentation(options => options.Filter = IsTraced)
                .AddHttpClientInstrumentation());

        // Started alone, without an orchestrator that names it, a service would be "unknown_service".
        if (string.IsNullOrWhiteSpace(builder.Configuration[ServiceNameKey]))
            telemetry.ConfigureResource(resource => resource.AddService(builder.Environment.ApplicationName));
        if (!string.IsNullOrWhiteSpace(builder.Configuration[OtlpEndpointKey]))
            telemetry.UseOtlpExporter();
    }

    /// <summary>Probes come every few seconds and would bury the traces that people look for.</summary>
    private static bool IsTraced(HttpContext context) =>
        !context.Request.Path.StartsWithSegments(HealthExtensions.ReadyPath, StringComparison.Ordinal)
        && !context.Request.Path.StartsWithSegments(HealthExtensions.AlivePath, StringComparison.Ordinal)
        && !context.Request.Path.StartsWithSegments("/grpc.health.v1.Health", StringComparison.Ordinal);
}
