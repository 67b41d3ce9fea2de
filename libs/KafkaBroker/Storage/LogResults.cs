using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Storage;

/// <summary>
/// Outcome of an append. <paramref name="NextOffset"/> is what must be flushed before the acknowledgement in fsync mode commit;
/// <paramref name="AppendTimeMs"/> is -1 unless the topic stamps its batches with the broker's time. <paramref name="CutCount"/>
/// tells whether the log was cut since: then another batch may have these offsets.
/// </summary>
internal readonly record struct AppendResult(ErrorCode Error, string? Message, long BaseOffset, long NextOffset, long AppendTimeMs, long LogStartOffset, int CutCount)
{
    public static AppendResult Failed(ErrorCode error, string message) => new(error, message, -1, -1, -1, -1, -1);
}

/// <summary>
/// Where to read: <paramref name="Size"/> bytes of <paramref name="Segment"/> from <paramref name="Position"/>, which is the start
/// of a batch. Without a segment there is nothing to read, for the reason that the error gives, or since the end is reached.
/// </summary>
internal readonly record struct ReadPlan(ErrorCode Error, Segment? Segment, long Position, int Size, long HighWatermark, long LogStartOffset);
