using Microsoft.Extensions.Logging;
using StockAspire.Otlp.Logs;

namespace StockAspire.Otlp.Wire;

/// <summary>Reads opentelemetry.proto.logs.v1.LogRecord.</summary>
internal sealed class LogDecoder(AttributeDecoder attributes)
{
    public LogEntry Read(TelemetryResource resource, string scope, ReadOnlySpan<byte> message)
    {
        long time = 0, observed = 0;
        var level = LogLevel.None;
        string body = string.Empty, eventName = string.Empty;
        var dropped = 0;
        TraceId traceId = default;
        SpanId spanId = default;
        for (var fields = new ProtoReader(message); fields.Next();)
        {
            switch (fields.Field)
            {
                case 1:
                    time = fields.Time();
                    break;
                case 2:
                    level = LevelOf(fields.Varint());
                    break;
                case 5:
                    body = attributes.ValueText(fields.Bytes());
                    break;
                case 7:
                    dropped += Math.Min(fields.Count(), int.MaxValue / 2);
                    break;
                case 9:
                    traceId = TraceId.Read(fields.Bytes());
                    break;
                case 10:
                    spanId = SpanId.Read(fields.Bytes());
                    break;
                case 11:
                    observed = fields.Time();
                    break;
                case 12:
                    eventName = attributes.Name(fields.Bytes());
                    break;
            }
        }

        return new LogEntry
        {
            Resource = resource,
            Scope = scope,
            TimeUnixNs = time != 0 ? time : observed,
            Level = level,
            Message = body,
            EventName = eventName,
            Attributes = attributes.Read(message, 6, ref dropped),
            DroppedAttributes = dropped,
            TraceId = traceId,
            SpanId = spanId,
            Size = message.Length,
        };
    }

    /// <summary>Severity numbers come in fours: 1 to 4 are Trace, 21 to 24 Critical.</summary>
    private static LogLevel LevelOf(ulong severity) => severity is >= 1 and <= 24 ? (LogLevel)((severity - 1) / 4) : LogLevel.None;
}
