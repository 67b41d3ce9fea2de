namespace StockAspire.Otlp.Traces;

/// <summary>One ended operation. Immutable. Times are in ns since the Unix epoch (UTC).</summary>
public sealed class Span
{
    public required TelemetryResource Resource { get; init; }

    /// <summary>Name of the instrumentation scope: the ActivitySource, in .NET.</summary>
    public required string Scope { get; init; }

    public required TraceId TraceId { get; init; }

    public required SpanId SpanId { get; init; }

    /// <summary>Empty for the root of a trace.</summary>
    public required SpanId ParentId { get; init; }

    public required string Name { get; init; }

    public required SpanKind Kind { get; init; }

    public required long StartUnixNs { get; init; }

    /// <summary>Not before <see cref="StartUnixNs"/>.</summary>
    public required long EndUnixNs { get; init; }

    public required SpanStatus Status { get; init; }

    public required string StatusMessage { get; init; }

    public required string TraceState { get; init; }

    public required IReadOnlyList<TelemetryAttribute> Attributes { get; init; }

    public required IReadOnlyList<SpanEvent> Events { get; init; }

    public required IReadOnlyList<SpanLink> Links { get; init; }

    /// <summary>Attributes, events and links left out, by the sender or by a limit here.</summary>
    public required int Dropped { get; init; }

    /// <summary>Bytes on the wire.</summary>
    public required int Size { get; init; }

    public long DurationNs => EndUnixNs - StartUnixNs;

    public bool IsError => Status == SpanStatus.Error;
}
