using System.Diagnostics;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Confluent.Kafka;
using Google.Protobuf;
using StockAspire.Market;
using StockAspire.TickStream;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.DeadLetters;

/// <summary>A record of topic <c>ticks.dlq</c> as a message. Headers that are absent or no number leave their field empty.</summary>
internal static class DeadLetterRecord
{
    private const string TraceParent = "traceparent";

    public static Wire.DeadLetter ToMessage(ConsumeResult<byte[], byte[]> record)
    {
        var headers = record.Message.Headers;
        var raw = record.Message.Value ?? [];
        var id = string.Create(CultureInfo.InvariantCulture, $"{record.Partition.Value}-{record.Offset.Value}");
        var isTraced = ActivityContext.TryParse(Text(headers, TraceParent), null, isRemote: true, out var trace) && trace.TraceFlags.HasFlag(ActivityTraceFlags.Recorded);
        return new Wire.DeadLetter
        {
            Id = id,
            Etag = XxHash64.HashToUInt64(raw, record.Offset.Value).ToString("x16", CultureInfo.InvariantCulture),
            Source = Text(headers, DeadLetterHeaders.Source),
            Sequence = Number(headers, DeadLetterHeaders.Sequence),
            Field = Text(headers, DeadLetterHeaders.Field),
            Reason = Reason(headers),
            Raw = ByteString.CopyFrom(raw),
            Line = Number(headers, DeadLetterHeaders.Line),
            Path = Text(headers, DeadLetterHeaders.Path),
            TimeNs = record.Message.Timestamp.UnixTimestampMs * UnixTime.NsPerMillisecond,
            Headers = { headers.Select(header => new Wire.DeadLetterHeader { Name = header.Key, Value = ByteString.CopyFrom(header.GetValueBytes() ?? []) }) },
            TraceId = isTraced ? trace.TraceId.ToHexString() : string.Empty,
            SpanId = isTraced ? trace.SpanId.ToHexString() : string.Empty,
        };
    }

    private static string Reason(Headers headers)
    {
        var (expected, actual) = (Text(headers, DeadLetterHeaders.Expected), Text(headers, DeadLetterHeaders.Actual));

        // A client that refused the row itself said all of it in one sentence.
        var reason = actual.Length == 0 && expected.StartsWith("expected ", StringComparison.Ordinal) ? expected : $"expected {expected}, got {actual}";
        var stage = Text(headers, DeadLetterHeaders.Stage);
        var position = Text(headers, DeadLetterHeaders.Position);
        return reason + (stage.Length == 0 ? string.Empty : $"; given up by {stage}") + (position.Length == 0 ? string.Empty : $" at {position}");
    }

    private static string Text(Headers headers, string name) =>
        headers.TryGetLastBytes(name, out var bytes) ? Encoding.UTF8.GetString(bytes) : string.Empty;

    private static ulong Number(Headers headers, string name) =>
        ulong.TryParse(Text(headers, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
