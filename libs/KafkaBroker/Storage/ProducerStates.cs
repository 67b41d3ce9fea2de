using System.Buffers.Binary;

namespace StockAspire.KafkaBroker.Storage;

internal enum SequenceCheck
{
    Accepted,
    Duplicate,
    OutOfOrder,
    StaleEpoch,
}

/// <summary>
/// What a partition remembers of idempotent producers (KIP-98): epoch and last five batches of each. A resend of one of these is
/// recognised and answered with its first offset; anything else must continue the sequence. Guarded by the partition's lock.
/// </summary>
internal sealed class ProducerStates
{
    /// <summary>As many as a producer may have in flight (max.in.flight.requests.per.connection of an idempotent one).</summary>
    private const int BatchesKept = 5;

    private const long FileMark = 0x0152_4453_504B_4153; // "SAKPSDR" and format 1
    private const int EntryHeaderSize = 16;
    private const int EntryBatchSize = 24;

    private readonly Dictionary<long, Producer> _producers = [];

    private readonly record struct Batch(int FirstSequence, int LastSequence, long BaseOffset, long MaxTimestamp);

    public int Count => _producers.Count;

    /// <summary>0 where none is known.</summary>
    public long GreatestId => _producers.Keys.DefaultIfEmpty().Max();

    /// <summary>Whether a batch may be appended; for a duplicate the offset at which its first delivery went, and the greatest timestamp of it.</summary>
    public SequenceCheck Check(in BatchHeader header, out long baseOffset, out long timestamp)
    {
        (baseOffset, timestamp) = (-1, -1);
        if (header.ProducerId < 0 || !_producers.TryGetValue(header.ProducerId, out var producer))
        {
            // Kafka takes any first sequence of a producer it does not know: retention may have removed what came before.
            return SequenceCheck.Accepted;
        }

        if (header.ProducerEpoch < producer.Epoch)
        {
            return SequenceCheck.StaleEpoch;
        }

        if (header.ProducerEpoch > producer.Epoch)
        {
            return header.BaseSequence == 0 ? SequenceCheck.Accepted : SequenceCheck.OutOfOrder;
        }

        foreach (var batch in producer.Batches)
        {
            if (batch.FirstSequence == header.BaseSequence && batch.LastSequence == header.LastSequence)
            {
                (baseOffset, timestamp) = (batch.BaseOffset, batch.MaxTimestamp);
                return SequenceCheck.Duplicate;
            }
        }

        var expected = (int)(((long)producer.Batches.Last().LastSequence + 1) & int.MaxValue);
        return header.BaseSequence == expected ? SequenceCheck.Accepted : SequenceCheck.OutOfOrder;
    }

    /// <summary>Remembers a batch that is in the log, with its final offset.</summary>
    public void Remember(in BatchHeader header, long nowMs)
    {
        if (header.ProducerId < 0 || header.BaseSequence < 0)
        {
            return;
        }

        if (!_producers.TryGetValue(header.ProducerId, out var producer) || producer.Epoch != header.ProducerEpoch)
        {
            producer = new Producer(header.ProducerEpoch);
            _producers[header.ProducerId] = producer;
        }

        producer.Add(new Batch(header.BaseSequence, header.LastSequence, header.BaseOffset, header.MaxTimestamp), nowMs);
    }

    /// <summary>Forgets producers that wrote nothing for a day, as producer.id.expiration.ms has it; keeps memory bounded.</summary>
    public void Expire(long nowMs)
    {
        var oldest = nowMs - (long)TimeSpan.FromDays(1).TotalMilliseconds;
        foreach (var (id, producer) in _producers)
        {
            if (producer.LastAppendMs < oldest)
            {
                _producers.Remove(id);
            }
        }
    }

    /// <summary>The table as a file: mark, count, then per producer id, last append, epoch, number of batches and these; CRC-32C last.</summary>
    public byte[] Serialize()
    {
        var size = 12 + _producers.Values.Sum(p => 8 + EntryHeaderSize + p.Batches.Count * EntryBatchSize) + 4;
        var bytes = new byte[size];
        var at = bytes.AsSpan();
        BinaryPrimitives.WriteInt64LittleEndian(at, FileMark);
        BinaryPrimitives.WriteInt32LittleEndian(at[8..], _producers.Count);
        at = at[12..];
        foreach (var (id, producer) in _producers)
        {
            BinaryPrimitives.WriteInt64LittleEndian(at, id);
            BinaryPrimitives.WriteInt64LittleEndian(at[8..], producer.LastAppendMs);
            BinaryPrimitives.WriteInt32LittleEndian(at[16..], producer.Epoch);
            BinaryPrimitives.WriteInt32LittleEndian(at[20..], producer.Batches.Count);
            at = at[(8 + EntryHeaderSize)..];
            foreach (var batch in producer.Batches)
            {
                BinaryPrimitives.WriteInt32LittleEndian(at, batch.FirstSequence);
                BinaryPrimitives.WriteInt32LittleEndian(at[4..], batch.LastSequence);
                BinaryPrimitives.WriteInt64LittleEndian(at[8..], batch.BaseOffset);
                BinaryPrimitives.WriteInt64LittleEndian(at[16..], batch.MaxTimestamp);
                at = at[EntryBatchSize..];
            }
        }

        BinaryPrimitives.WriteUInt32LittleEndian(at, Crc32C.Compute(bytes.AsSpan(0, size - 4)));
        return bytes;
    }

    /// <summary>Reads what <see cref="Serialize"/> wrote; null where the bytes are damaged.</summary>
    public static ProducerStates? Deserialize(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 16
            || BinaryPrimitives.ReadInt64LittleEndian(bytes) != FileMark
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..]) != Crc32C.Compute(bytes[..^4]))
        {
            return null;
        }

        var states = new ProducerStates();
        var count = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        var at = bytes[12..];
        for (var i = 0; i < count; i++)
        {
            var producer = new Producer((short)BinaryPrimitives.ReadInt32LittleEndian(at[16..]));
            var batches = BinaryPrimitives.ReadInt32LittleEndian(at[20..]);
            states._producers[BinaryPrimitives.ReadInt64LittleEndian(at)] = producer;
            var lastAppendMs = BinaryPrimitives.ReadInt64LittleEndian(at[8..]);
            at = at[(8 + EntryHeaderSize)..];
            for (var b = 0; b < batches; b++)
            {
                var batch = new Batch(
                    BinaryPrimitives.ReadInt32LittleEndian(at),
                    BinaryPrimitives.ReadInt32LittleEndian(at[4..]),
                    BinaryPrimitives.ReadInt64LittleEndian(at[8..]),
                    BinaryPrimitives.ReadInt64LittleEndian(at[16..]));
                producer.Add(batch, lastAppendMs);
                at = at[EntryBatchSize..];
            }
        }

        return states;
    }

    private sealed class Producer(short epoch)
    {
        public short Epoch => epoch;

        public Queue<Batch> Batches { get; } = new(BatchesKept);

        public long LastAppendMs { get; private set; }

        public void Add(Batch batch, long nowMs)
        {
            if (Batches.Count == BatchesKept)
            {
                _ = Batches.Dequeue();
            }

            Batches.Enqueue(batch);
            LastAppendMs = nowMs;
        }
    }
}
