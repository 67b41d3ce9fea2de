using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Storage;

/// <summary>Checks a produced batch before it touches a log. Compressed records are taken as they are, but for keys in compacted topics.</summary>
internal static class BatchValidator
{
    private const int CompressionMax = 4;

    /// <summary>Checks that <paramref name="records"/> is exactly one sound batch, as Produce since version 3 demands.</summary>
    public static (ErrorCode Error, string? Message) Validate(ReadOnlySpan<byte> records, TopicConfig config, out BatchHeader header)
    {
        header = default;
        if (records.Length < BatchHeader.Size)
        {
            return (ErrorCode.CorruptMessage, $"Record batch of {records.Length} bytes; a header alone has {BatchHeader.Size}.");
        }

        header = BatchHeader.Read(records);
        if (header.Magic != 2)
        {
            return (ErrorCode.UnsupportedForMessageFormat, $"Record batch with magic {header.Magic}; only 2 is stored here.");
        }

        if (header.TotalSize != records.Length)
        {
            var error = header.TotalSize is >= BatchHeader.Size && header.TotalSize < records.Length ? ErrorCode.InvalidRecord : ErrorCode.CorruptMessage;
            return (error, $"Record batch of {header.TotalSize} bytes in a field of {records.Length}; exactly one batch is allowed.");
        }

        if (records.Length > config.MessageSizeMax)
        {
            return (ErrorCode.MessageTooLarge, $"Record batch of {records.Length} bytes; max.message.bytes is {config.MessageSizeMax}.");
        }

        if (Crc32C.Compute(records[BatchHeader.CrcStart..]) != header.Crc)
        {
            return (ErrorCode.CorruptMessage, "Record batch whose CRC-32C does not match its bytes.");
        }

        return CheckContent(records, header, config);
    }

    private static (ErrorCode Error, string? Message) CheckContent(ReadOnlySpan<byte> records, in BatchHeader header, TopicConfig config)
    {
        if (header.RecordCount < 1 || header.LastOffsetDelta != header.RecordCount - 1)
        {
            return (ErrorCode.InvalidRecord, $"Record batch of {header.RecordCount} records with last offset delta {header.LastOffsetDelta}.");
        }

        if (header.IsControl)
        {
            return (ErrorCode.InvalidRecord, "Control batches are the broker's alone.");
        }

        if (header.IsTransactional)
        {
            return (ErrorCode.InvalidTxnState, "This broker has no transactions.");
        }

        if (header.Compression > CompressionMax)
        {
            return (ErrorCode.UnsupportedCompressionType, $"Compression {header.Compression} is not known; 0 to {CompressionMax} are.");
        }

        if (header.ProducerId >= 0 && (header.ProducerEpoch < 0 || header.BaseSequence < 0))
        {
            return (ErrorCode.InvalidRecord, $"Producer {header.ProducerId} with epoch {header.ProducerEpoch} and sequence {header.BaseSequence}.");
        }

        // Compaction goes by keys, so that in a compacted topic compressed records are looked at too, where their codec is read here.
        return header.Compression == 0 ? CheckRecords(records[BatchHeader.Size..], header.RecordCount, config.Compacts)
            : config.Compacts && BatchCompression.TryDecompress(records[BatchHeader.Size..], header.Compression) is { } plain ? CheckRecords(plain, header.RecordCount, mustHaveKeys: true)
            : (ErrorCode.None, null);
    }

    private static (ErrorCode Error, string? Message) CheckRecords(ReadOnlySpan<byte> records, int count, bool mustHaveKeys)
    {
        var reader = new RecordReader(records);
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryRead(out var record) || record.OffsetDelta != i)
            {
                return (ErrorCode.InvalidRecord, $"Record {i} of {count} is malformed.");
            }

            if (mustHaveKeys && !record.HasKey)
            {
                return (ErrorCode.InvalidRecord, $"Record {i} of {count} has no key, which a compacted topic demands.");
            }
        }

        return reader.AtEnd ? (ErrorCode.None, null) : (ErrorCode.InvalidRecord, $"Bytes follow the last of {count} records.");
    }
}
