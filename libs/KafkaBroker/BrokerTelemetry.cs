using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace StockAspire.KafkaBroker;

/// <summary>
/// The executable's logs and metrics by OTLP, where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where to; OpenTelemetry's other
/// variables hold as well.
/// </summary>
internal static class BrokerTelemetry
{
    private const string EndpointKey = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string ServiceName = "stockaspire-broker";

    /// <summary>A receiver that does not answer must not keep the broker from ending.</summary>
    private const int StopTimeoutMs = 1000;

    private static bool IsWanted => !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(EndpointKey));

    public static ILoggingBuilder AddOtlp(this ILoggingBuilder logging) => !IsWanted
        ? logging
        : logging.AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = true;
            options.SetResourceBuilder(Named(ResourceBuilder.CreateDefault()));
            options.AddOtlpExporter();
        });

    /// <summary>Sends metrics until it is disposed of; null where nobody wants them.</summary>
    public static IDisposable? StartMetrics() => IsWanted ? new Metrics() : null;

    /// <summary><c>OTEL_SERVICE_NAME</c> wins.</summary>
    private static ResourceBuilder Named(ResourceBuilder resource) => resource.AddService(ServiceName).AddEnvironmentVariableDetector();

    private sealed class Metrics : IDisposable
    {
        private readonly MeterProvider _provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => Named(resource))
            .AddMeter(BrokerMetrics.MeterName)
            .AddRuntimeInstrumentation()
            .AddOtlpExporter()
            .Build();

        public void Dispose()
        {
            _provider.Shutdown(StopTimeoutMs);
            _provider.Dispose();
        }
    }
}
