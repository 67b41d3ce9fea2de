namespace StockAspire.KafkaBroker.Storage;

/// <summary>Looks up a record by time inside one batch.</summary>
internal static class BatchTimestamps
{
    /// <summary>
    /// The first record at or after <paramref name="start"/> whose timestamp (ms since the Unix epoch) is at least the one given.
    /// Of a batch that cannot be decompressed, the answer is the batch's first offset: early, never late.
    /// </summary>
    public static (long Offset, long Timestamp)? FindFirst(ReadOnlySpan<byte> batch, in BatchHeader header, long timestamp, long start)
    {
        if (header.HasAppendTime)
        {
            return (Math.Max(header.BaseOffset, start), header.MaxTimestamp);
        }

        if (BatchCompression.TryDecompress(batch[BatchHeader.Size..], header.Compression) is not { } records)
        {
            return (Math.Max(header.BaseOffset, start), header.MaxTimestamp);
        }

        var reader = new RecordReader(records);
        while (reader.TryRead(out var record))
        {
            var offset = header.BaseOffset + record.OffsetDelta;
            if (offset >= start && header.BaseTimestamp + record.TimestampDeltaMs >= timestamp)
            {
                return (offset, header.BaseTimestamp + record.TimestampDeltaMs);
            }
        }

        return null;
    }
}
