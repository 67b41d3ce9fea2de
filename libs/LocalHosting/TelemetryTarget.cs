namespace StockAspire.LocalHosting;

/// <summary>Where children send their telemetry, by OTLP over gRPC.</summary>
/// <param name="Endpoint">A URL such as <c>http://127.0.0.1:18889</c>.</param>
/// <param name="Headers">As <c>OTEL_EXPORTER_OTLP_HEADERS</c> has them, <c>name=value,...</c>; may hold a secret.</param>
internal sealed record TelemetryTarget(string Endpoint, string? Headers);
