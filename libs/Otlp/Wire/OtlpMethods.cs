using Grpc.Core;

namespace StockAspire.Otlp.Wire;

/// <summary>The gRPC methods of the collector services, with messages as bytes: for the receiver and for forwarding.</summary>
internal static class OtlpMethods
{
    private static readonly Marshaller<byte[]> Bytes = new(
        (message, context) => context.Complete(message),
        context => context.PayloadAsNewBuffer());

    public static Method<byte[], byte[]> Export(Signal signal) => new(MethodType.Unary, ServiceName(signal), "Export", Bytes, Bytes);

    private static string ServiceName(Signal signal) => signal switch
    {
        Signal.Traces => "opentelemetry.proto.collector.trace.v1.TraceService",
        Signal.Metrics => "opentelemetry.proto.collector.metrics.v1.MetricsService",
        Signal.Logs => "opentelemetry.proto.collector.logs.v1.LogsService",
        _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "No such signal."),
    };
}
