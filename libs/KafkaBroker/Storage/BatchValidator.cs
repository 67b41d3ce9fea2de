using System.Buffers.Binary;
using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Storage;

/// <summary>Checks a produced batch before it touches a log. Compressed records are taken as they are, but for keys in compacted topics.</summary>
internal static class BatchValidator
{
    private const int CompressionMax = 4;

    /// <summary>Least length field of a batch in any format: what Kafka's message format 0 needs.</summary>
    private const int LengthMin = 14;

    /// <summary>Bytes up to and including the magic, which all formats have in the same place.</summary>
    private const int SizeUpToMagic = 17;

    private const int CurrentMagic = 2;

    /// <summary>
    /// Checks that <paramref name="records"/> is exactly one sound batch, as Produce since version 3 demands, with the errors that
    /// Kafka gives. Bytes behind it that are no whole batch do not count: what is to be stored is the header's TotalSize.
    /// </summary>
    public static (ErrorCode Error, string? Message) Validate(ReadOnlySpan<byte> records, TopicConfig config, out BatchHeader header)
    {
        header = default;
        if (!TryFrame(records, out var size) || !TryFrame(records[size..], out var second))
        {
            return (ErrorCode.CorruptMessage, $"Records of {records.Length} bytes with a length or magic that no batch has.");
        }

        if (size == 0 || second > 0)
        {
            return (ErrorCode.InvalidRecord, $"Records of {records.Length} bytes with {(size == 0 ? "no" : "more than one")} whole batch; exactly one is allowed.");
        }

        if (records[SizeUpToMagic - 1] != CurrentMagic)
        {
            return (ErrorCode.InvalidRecord, $"Record batch with magic {records[SizeUpToMagic - 1]}; only {CurrentMagic} is stored.");
        }

        if (size < BatchHeader.Size)
        {
            return (ErrorCode.CorruptMessage, $"Record batch of {size} bytes; a header alone has {BatchHeader.Size}.");
        }

        records = records[..size];
        header = BatchHeader.Read(records);
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

    /// <summary>Size of the whole batch that begins here, 0 where there is none; false if its length or magic is nonsense.</summary>
    private static bool TryFrame(ReadOnlySpan<byte> records, out int size)
    {
        size = 0;
        if (records.Length < BatchHeader.LengthOverhead)
        {
            return true;
        }

        var length = BinaryPrimitives.ReadInt32BigEndian(records[(BatchHeader.LengthOverhead - 4)..]);
        if (length < LengthMin || (records.Length >= SizeUpToMagic && records[SizeUpToMagic - 1] > CurrentMagic))
        {
            return false;
        }

        if (length <= records.Length - BatchHeader.LengthOverhead)
        {
            size = length + BatchHeader.LengthOverhead;
        }

        return true;
    }

    private static (ErrorCode Error, string? Message) CheckContent(ReadOnlySpan<byte> records, in BatchHeader header, TopicConfig config)
    {
        if (header.BaseOffset != 0)
        {
            return (ErrorCode.InvalidRecord, $"Record batch with base offset {header.BaseOffset}; a producer's begins at 0.");
        }

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

        if (header.ProducerId >= 0 && header.BaseSequence < 0)
        {
            return (ErrorCode.InvalidRecord, $"Producer {header.ProducerId} with sequence {header.BaseSequence}.");
        }

        // Compaction goes by keys, so that in a compacted topic compressed records are looked at too.
        return header.Compression == 0 ? CheckRecords(records[BatchHeader.Size..], header.RecordCount, config.Compacts)
            : !config.Compacts ? (ErrorCode.None, null)
            : BatchCompression.TryDecompress(records[BatchHeader.Size..], header.Compression) is { } plain ? CheckRecords(plain, header.RecordCount, mustHaveKeys: true)
            : (ErrorCode.InvalidRecord, $"Record batch whose records cannot be decompressed (codec {header.Compression}), or are too large.");
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
