using Microsoft.Extensions.Logging;

namespace StockAspire.Otlp.Logs;

/// <summary>One log record. Immutable once stored.</summary>
public sealed class LogEntry
{
    /// <summary>Order of arrival, from 1; an address of this record for as long as it is kept.</summary>
    public long Sequence { get; internal set; }

    public required TelemetryResource Resource { get; init; }

    /// <summary>Name of the instrumentation scope: the category, in .NET.</summary>
    public required string Scope { get; init; }

    /// <summary>When it was written, in ns since the Unix epoch (UTC); when it was observed where the writer does not say.</summary>
    public required long TimeUnixNs { get; init; }

    /// <summary><see cref="LogLevel.None"/> where the record does not say.</summary>
    public required LogLevel Level { get; init; }

    /// <summary>The body as text.</summary>
    public required string Message { get; init; }

    public required string EventName { get; init; }

    public required IReadOnlyList<TelemetryAttribute> Attributes { get; init; }

    /// <summary>Attributes left out, by the sender or by a limit here.</summary>
    public required int DroppedAttributes { get; init; }

    public required TraceId TraceId { get; init; }

    public required SpanId SpanId { get; init; }

    /// <summary>Bytes on the wire.</summary>
    public required int Size { get; init; }

    /// <summary>An exception's stack trace, or else its message or type; null if the record has none.</summary>
    public string? Exception => Attribute("exception.stacktrace") ?? Attribute("exception.message") ?? Attribute("exception.type");

    /// <summary>The attribute's text; null if there is none of the name.</summary>
    public string? Attribute(string key) => Attributes.Find(key) is { } value ? value.ToString() : null;
}
