using StockAspire.Otlp.Traces;

namespace StockAspire.Otlp.Wire;

/// <summary>Reads opentelemetry.proto.trace.v1.Span.</summary>
/// <param name="attributes">Reads names and attributes.</param>
/// <param name="eventsMax">Events of one span; likewise links.</param>
internal sealed class SpanDecoder(AttributeDecoder attributes, int eventsMax)
{
    /// <summary>Null for a span without a valid trace id or span id, which the protocol tells receivers to drop.</summary>
    public Span? Read(TelemetryResource resource, string scope, ReadOnlySpan<byte> message)
    {
        TraceId traceId = default;
        SpanId spanId = default, parentId = default;
        string name = string.Empty, traceState = string.Empty, statusMessage = string.Empty;
        var kind = SpanKind.Unspecified;
        var status = SpanStatus.Unset;
        long start = 0, end = 0;
        var dropped = 0;
        var events = new List<SpanEvent>();
        var links = new List<SpanLink>();
        for (var fields = new ProtoReader(message); fields.Next();)
        {
            switch (fields.Field)
            {
                case 1:
                    traceId = TraceId.Read(fields.Bytes());
                    break;
                case 2:
                    spanId = SpanId.Read(fields.Bytes());
                    break;
                case 3:
                    traceState = attributes.Name(fields.Bytes());
                    break;
                case 4:
                    parentId = SpanId.Read(fields.Bytes());
                    break;
                case 5:
                    name = attributes.Name(fields.Bytes());
                    break;
                case 6:
                    kind = fields.Varint() is var number && number <= (ulong)SpanKind.Consumer ? (SpanKind)number : SpanKind.Unspecified;
                    break;
                case 7:
                    start = fields.Time();
                    break;
                case 8:
                    end = fields.Time();
                    break;
                case 10 or 12 or 14:
                    dropped += Math.Min(fields.Count(), int.MaxValue / 8);
                    break;
                case 11 when events.Count < eventsMax:
                    events.Add(Event(fields.Bytes(), ref dropped));
                    break;
                case 13 when links.Count < eventsMax:
                    links.Add(Link(fields.Bytes(), ref dropped));
                    break;
                case 11 or 13:
                    dropped++;
                    break;
                case 15:
                    (status, statusMessage) = Status(fields.Bytes());
                    break;
            }
        }

        return traceId.IsEmpty || spanId.IsEmpty ? null : new Span
        {
            Resource = resource,
            Scope = scope,
            TraceId = traceId,
            SpanId = spanId,
            ParentId = parentId,
            Name = name,
            Kind = kind,
            StartUnixNs = start,
            EndUnixNs = Math.Max(start, end),
            Status = status,
            StatusMessage = statusMessage,
            TraceState = traceState,
            Attributes = attributes.Read(message, 9, ref dropped),
            Events = [.. events],
            Links = [.. links],
            Dropped = dropped,
            Size = message.Length,
        };
    }

    private SpanEvent Event(ReadOnlySpan<byte> message, ref int dropped)
    {
        long time = 0;
        var name = string.Empty;
        for (var fields = new ProtoReader(message); fields.Next();)
        {
            switch (fields.Field)
            {
                case 1:
                    time = fields.Time();
                    break;
                case 2:
                    name = attributes.Name(fields.Bytes());
                    break;
            }
        }

        return new SpanEvent(time, name, attributes.Read(message, 3, ref dropped));
    }

    private SpanLink Link(ReadOnlySpan<byte> message, ref int dropped)
    {
        TraceId traceId = default;
        SpanId spanId = default;
        var traceState = string.Empty;
        for (var fields = new ProtoReader(message); fields.Next();)
        {
            switch (fields.Field)
            {
                case 1:
                    traceId = TraceId.Read(fields.Bytes());
                    break;
                case 2:
                    spanId = SpanId.Read(fields.Bytes());
                    break;
                case 3:
                    traceState = attributes.Name(fields.Bytes());
                    break;
            }
        }

        return new SpanLink(traceId, spanId, traceState, attributes.Read(message, 4, ref dropped));
    }

    private (SpanStatus Status, string Message) Status(ReadOnlySpan<byte> message)
    {
        var status = SpanStatus.Unset;
        var text = string.Empty;
        for (var fields = new ProtoReader(message); fields.Next();)
        {
            switch (fields.Field)
            {
                case 2:
                    text = attributes.Text(fields.Bytes());
                    break;
                case 3:
                    status = fields.Varint() is var code && code <= (ulong)SpanStatus.Error ? (SpanStatus)code : SpanStatus.Unset;
                    break;
            }
        }

        return (status, text);
    }
}
