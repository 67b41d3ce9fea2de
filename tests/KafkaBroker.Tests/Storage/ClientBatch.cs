using System.Buffers.Binary;
using System.IO.Compression;
using System.Reflection;
using System.Text;

namespace StockAspire.KafkaBroker.Tests.Storage;

/// <summary>
/// A record batch of Kafka's Java client, and the same as Kafka's broker stores it: at offset 3 and leader epoch 0, and stamped with
/// the time 1,000,000 ms. From Vectors/Batches.txt, which GenerateBatches.java beside it makes.
/// </summary>
internal sealed record ClientBatch(string Name, string Sent, string Stored, string Stamped)
{
    public static IReadOnlyDictionary<string, ClientBatch> All { get; } = Load();

    private static Dictionary<string, ClientBatch> Load()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("Batches")!);
        return reader.ReadToEnd().Split("batch ")[1..].Select(t => Parse(t.Split('\n'))).ToDictionary(b => b.Name);
    }

    private static ClientBatch Parse(string[] lines)
    {
        var (sent, stored, stamped) = (Array.IndexOf(lines, "sent"), Array.IndexOf(lines, "stored"), Array.IndexOf(lines, "stamped"));
        return new ClientBatch(lines[0], Hex(lines[sent..stored]), Hex(lines[stored..stamped]), Hex(lines[stamped..]));
    }

    private static string Hex(string[] lines) =>
        string.Concat(lines.Where(l => l.StartsWith("  ", StringComparison.Ordinal)).Select(l => l.Trim().Split(' ')[0]));
}

/// <summary>Reads a record batch by the protocol guide alone, with nothing of the broker's own code.</summary>
internal sealed record ReadBatch(long BaseOffset, int LeaderEpoch, short Attributes, long BaseTimestamp, long MaxTimestamp, long ProducerId, short Epoch, int BaseSequence, int Count, byte[] Records)
{
    public int Codec => Attributes & 7;

    public static IEnumerable<ReadBatch> ReadAll(byte[] log)
    {
        for (var at = 0; at < log.Length;)
        {
            var batch = log.AsSpan(at, 12 + BinaryPrimitives.ReadInt32BigEndian(log.AsSpan(at + 8)));
            at += batch.Length;
            yield return Read(batch);
        }
    }

    /// <summary>Offset delta, time delta, key, value and headers of each record, where the codec is none or gzip.</summary>
    public IEnumerable<(int OffsetDelta, long TimeDelta, string? Key, string? Value, (string Key, string? Value)[] Headers)> ReadRecords()
    {
        using var records = new MemoryStream(Records);
        using var plain = Codec == 1 ? new GZipStream(records, CompressionMode.Decompress) : (Stream)records;
        for (var i = 0; i < Count; i++)
        {
            Assert.True(Varint(plain) > 0); // length
            Assert.Equal(0, plain.ReadByte()); // attributes
            var (time, offset) = (Varint(plain), Varint(plain));
            var (key, value) = (Text(plain), Text(plain));
            var headers = new (string, string?)[Varint(plain)];
            for (var h = 0; h < headers.Length; h++)
            {
                headers[h] = (Text(plain)!, Text(plain));
            }

            yield return ((int)offset, time, key, value, headers);
        }

        Assert.Equal(-1, plain.ReadByte());
    }

    private static ReadBatch Read(ReadOnlySpan<byte> batch)
    {
        Assert.Equal(2, batch[16]);
        Assert.Equal(BinaryPrimitives.ReadUInt32BigEndian(batch[17..]), Crc(batch[21..]));
        var count = BinaryPrimitives.ReadInt32BigEndian(batch[57..]);
        Assert.Equal(count - 1, BinaryPrimitives.ReadInt32BigEndian(batch[23..]));
        return new ReadBatch(
            BinaryPrimitives.ReadInt64BigEndian(batch),
            BinaryPrimitives.ReadInt32BigEndian(batch[12..]),
            BinaryPrimitives.ReadInt16BigEndian(batch[21..]),
            BinaryPrimitives.ReadInt64BigEndian(batch[27..]),
            BinaryPrimitives.ReadInt64BigEndian(batch[35..]),
            BinaryPrimitives.ReadInt64BigEndian(batch[43..]),
            BinaryPrimitives.ReadInt16BigEndian(batch[51..]),
            BinaryPrimitives.ReadInt32BigEndian(batch[53..]),
            count,
            batch[61..].ToArray());
    }

    /// <summary>CRC-32C bit by bit, by its polynomial.</summary>
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
            }
        }

        return ~crc;
    }

    private static long Varint(Stream stream)
    {
        ulong raw = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = stream.ReadByte();
            Assert.True(next >= 0, "The records end within a varint.");
            raw |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return (long)(raw >> 1) ^ -(long)(raw & 1);
            }
        }
    }

    private static string? Text(Stream stream)
    {
        var size = Varint(stream);
        if (size < 0)
        {
            return null;
        }

        var bytes = new byte[size];
        stream.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }
}
