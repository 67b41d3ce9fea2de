using StockAspire.Otlp;

namespace StockAspire.Dashboard.Telemetry;

/// <summary>Addresses of the telemetry pages. They are deep links: what a page shows is in its address.</summary>
internal static class TelemetryLinks
{
    public static string Trace(TraceId traceId, SpanId spanId = default) =>
        spanId.IsEmpty ? $"/traces/detail/{traceId}" : $"/traces/detail/{traceId}?spanId={spanId}";

    public static string Logs(TraceId traceId, SpanId spanId = default) =>
        spanId.IsEmpty ? $"/structuredlogs?traceId={traceId}" : $"/structuredlogs?traceId={traceId}&spanId={spanId}";

    public static string Metric(string? resource, string meter, string instrument)
    {
        var query = $"meter={Uri.EscapeDataString(meter)}&instrument={Uri.EscapeDataString(instrument)}";
        return string.IsNullOrEmpty(resource) ? $"/metrics?{query}" : $"/metrics?resource={Uri.EscapeDataString(resource)}&{query}";
    }
}
