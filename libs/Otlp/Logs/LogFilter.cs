using Microsoft.Extensions.Logging;

namespace StockAspire.Otlp.Logs;

/// <summary>All conditions that are given must hold.</summary>
public sealed record LogFilter
{
    public static LogFilter Everything { get; } = new();

    /// <summary>A service's name for all of its instances, or name and instance as <see cref="TelemetryResource.ToString"/> writes them.</summary>
    public string? Resource { get; init; }

    /// <summary>The lowest level; records without a level always hold.</summary>
    public LogLevel MinLevel { get; init; } = LogLevel.Trace;

    /// <summary>Somewhere in the message, the category or the exception, without case.</summary>
    public string? Text { get; init; }

    public TraceId TraceId { get; init; }

    public SpanId SpanId { get; init; }

    public IReadOnlyList<FieldFilter> Fields { get; init; } = [];

    public bool Holds(LogEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.Level >= MinLevel &&
            (TraceId.IsEmpty || entry.TraceId == TraceId) &&
            (SpanId.IsEmpty || entry.SpanId == SpanId) &&
            entry.Resource.IsNamed(Resource) &&
            (string.IsNullOrEmpty(Text) || HasText(entry, Text)) &&
            Fields.All(field => field.Holds(entry));
    }

    private static bool HasText(LogEntry entry, string text) =>
        entry.Message.Contains(text, StringComparison.OrdinalIgnoreCase) ||
        entry.Scope.Contains(text, StringComparison.OrdinalIgnoreCase) ||
        entry.Exception?.Contains(text, StringComparison.OrdinalIgnoreCase) == true;
}
