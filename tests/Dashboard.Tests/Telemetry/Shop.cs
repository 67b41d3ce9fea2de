using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace StockAspire.Dashboard.Tests.Telemetry;

/// <summary>A service that tells of its work by the OpenTelemetry SDK, over gRPC. Everything is sent when it is disposed.</summary>
internal sealed class Shop : IDisposable
{
    private readonly string _source = $"{Guid.NewGuid():N}";
    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;
    private readonly ILoggerFactory _logs;

    public Shop(TelemetryScene scene, string service)
    {
        Activities = new ActivitySource(_source);
        Meter = new Meter(service == "ingest" ? "StockAspire.Ingest" : $"StockAspire.{service}", null, [KeyValuePair.Create<string, object?>("of", _source)]);
        _traces = Sdk.CreateTracerProviderBuilder().AddSource(_source).ConfigureResource(Resource).AddOtlpExporter(Export).Build();
        _metrics = Sdk.CreateMeterProviderBuilder().AddMeter(Meter.Name).ConfigureResource(Resource).SetExemplarFilter(ExemplarFilterType.TraceBased)
            .AddOtlpExporter((exporter, reader) =>
            {
                Export(exporter);
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 500;
            }).Build();
        _logs = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Debug).AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = true;
            options.SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService(service, serviceInstanceId: "a1b2c3d4"));
            options.AddOtlpExporter(Export);
        }));

        void Resource(ResourceBuilder resource) => resource.Clear().AddService(service, serviceInstanceId: "a1b2c3d4");

        void Export(OtlpExporterOptions options)
        {
            options.Protocol = OtlpExportProtocol.Grpc;
            options.Endpoint = scene.Grpc;
            options.Headers = TelemetryScene.Headers;
        }
    }

    public ActivitySource Activities { get; }

    public Meter Meter { get; }

    public ILogger Logger(string category) => _logs.CreateLogger(category);

    public void Dispose()
    {
        _logs.Dispose();
        _traces.Dispose();
        _metrics.Dispose();
        Activities.Dispose();
        Meter.Dispose();
    }
}
