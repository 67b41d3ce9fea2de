using System.Buffers.Binary;

namespace StockAspire.KafkaBroker.Storage;

/// <summary>Header of a record batch v2 (Kafka protocol guide, "Record Batch"): the first 61 bytes, big-endian.</summary>
internal readonly struct BatchHeader
{
    public const int Size = 61;

    /// <summary>Bytes before and including the length field, which the length itself does not count.</summary>
    public const int LengthOverhead = 12;

    /// <summary>The checksum covers the batch from here to its end; base offset and leader epoch lie before it.</summary>
    public const int CrcStart = 21;

    private const int LeaderEpochPosition = 12;
    private const int MagicPosition = 16;
    private const int CrcPosition = 17;
    private const int MaxTimestampPosition = 35;
    private const short TimestampTypeBit = 1 << 3;
    private const short TransactionalBit = 1 << 4;
    private const short ControlBit = 1 << 5;

    private BatchHeader(ReadOnlySpan<byte> batch)
    {
        BaseOffset = BinaryPrimitives.ReadInt64BigEndian(batch);
        TotalSize = (long)BinaryPrimitives.ReadInt32BigEndian(batch[8..]) + LengthOverhead;
        LeaderEpoch = BinaryPrimitives.ReadInt32BigEndian(batch[LeaderEpochPosition..]);
        Magic = (sbyte)batch[MagicPosition];
        Crc = BinaryPrimitives.ReadUInt32BigEndian(batch[CrcPosition..]);
        Attributes = BinaryPrimitives.ReadInt16BigEndian(batch[CrcStart..]);
        LastOffsetDelta = BinaryPrimitives.ReadInt32BigEndian(batch[23..]);
        BaseTimestamp = BinaryPrimitives.ReadInt64BigEndian(batch[27..]);
        MaxTimestamp = BinaryPrimitives.ReadInt64BigEndian(batch[MaxTimestampPosition..]);
        ProducerId = BinaryPrimitives.ReadInt64BigEndian(batch[43..]);
        ProducerEpoch = BinaryPrimitives.ReadInt16BigEndian(batch[51..]);
        BaseSequence = BinaryPrimitives.ReadInt32BigEndian(batch[53..]);
        RecordCount = BinaryPrimitives.ReadInt32BigEndian(batch[57..]);
    }

    public long BaseOffset { get; init; }

    /// <summary>Bytes of the whole batch, header included; as the wire says it, so possibly nonsense before validation.</summary>
    public long TotalSize { get; }

    /// <summary>What the sender wrote, until <see cref="Assign"/> sets it; not covered by the checksum.</summary>
    public int LeaderEpoch { get; }

    public sbyte Magic { get; }

    public uint Crc { get; }

    public short Attributes { get; }

    public int LastOffsetDelta { get; }

    /// <summary>Milliseconds since the Unix epoch, UTC.</summary>
    public long BaseTimestamp { get; }

    /// <summary>Milliseconds since the Unix epoch, UTC.</summary>
    public long MaxTimestamp { get; init; }

    public long ProducerId { get; }

    public short ProducerEpoch { get; }

    public int BaseSequence { get; }

    public int RecordCount { get; }

    public long NextOffset => BaseOffset + LastOffsetDelta + 1;

    /// <summary>Sequence of the last record: after the greatest int32 comes 0.</summary>
    public int LastSequence => (int)(((long)BaseSequence + LastOffsetDelta) & int.MaxValue);

    /// <summary>0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd.</summary>
    public int Compression => Attributes & 7;

    public bool HasAppendTime => (Attributes & TimestampTypeBit) != 0;

    public bool IsTransactional => (Attributes & TransactionalBit) != 0;

    public bool IsControl => (Attributes & ControlBit) != 0;

    /// <summary>Reads the header; <paramref name="batch"/> has at least <see cref="Size"/> bytes.</summary>
    public static BatchHeader Read(ReadOnlySpan<byte> batch) => new(batch);

    /// <summary>Sets offset and leader epoch in place; both lie outside the checksum.</summary>
    public static void Assign(Span<byte> batch, long baseOffset, int leaderEpoch)
    {
        BinaryPrimitives.WriteInt64BigEndian(batch, baseOffset);
        BinaryPrimitives.WriteInt32BigEndian(batch[LeaderEpochPosition..], leaderEpoch);
    }

    /// <summary>Stamps the batch with the broker's time (message.timestamp.type=LogAppendTime) and computes the checksum anew.</summary>
    public static void StampAppendTime(Span<byte> batch, long unixMs)
    {
        var attributes = BinaryPrimitives.ReadInt16BigEndian(batch[CrcStart..]);
        BinaryPrimitives.WriteInt16BigEndian(batch[CrcStart..], (short)(attributes | TimestampTypeBit));
        BinaryPrimitives.WriteInt64BigEndian(batch[MaxTimestampPosition..], unixMs);
        WriteCrc(batch);
    }

    /// <summary>Takes away a claim to the broker's time that a producer made, as Kafka does, and computes the checksum anew.</summary>
    public static void ClearAppendTime(Span<byte> batch)
    {
        var attributes = BinaryPrimitives.ReadInt16BigEndian(batch[CrcStart..]);
        BinaryPrimitives.WriteInt16BigEndian(batch[CrcStart..], (short)(attributes & ~TimestampTypeBit));
        WriteCrc(batch);
    }

    public static void WriteCrc(Span<byte> batch) =>
        BinaryPrimitives.WriteUInt32BigEndian(batch[CrcPosition..], Crc32C.Compute(batch[CrcStart..]));
}
