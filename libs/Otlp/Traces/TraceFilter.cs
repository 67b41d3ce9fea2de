namespace StockAspire.Otlp.Traces;

/// <summary>All conditions that are given must hold.</summary>
public sealed record TraceFilter
{
    public static TraceFilter Everything { get; } = new();

    /// <summary>A process that has a span in the trace: a service's name, or name and instance.</summary>
    public string? Resource { get; init; }

    /// <summary>Somewhere in a span's name, status or attributes, without case; or the beginning of the trace id.</summary>
    public string? Text { get; init; }

    public bool OnlyErrors { get; init; }

    public TimeSpan MinDuration { get; init; }

    internal bool Holds(TraceSummary trace, IReadOnlyList<Span> spans) =>
        (!OnlyErrors || trace.Errors > 0) &&
        trace.DurationNs >= MinDuration.Ticks * TimeSpan.NanosecondsPerTick &&
        (string.IsNullOrEmpty(Resource) || trace.Resources.Any(count => count.Resource.IsNamed(Resource))) &&
        (string.IsNullOrEmpty(Text) ||
            trace.TraceId.ToString().StartsWith(Text, StringComparison.OrdinalIgnoreCase) ||
            spans.Any(span => HasText(span, Text)));

    private static bool HasText(Span span, string text) =>
        span.Name.Contains(text, StringComparison.OrdinalIgnoreCase) ||
        span.StatusMessage.Contains(text, StringComparison.OrdinalIgnoreCase) ||
        span.Attributes.Any(attribute => attribute.Value.ToString().Contains(text, StringComparison.OrdinalIgnoreCase));
}
