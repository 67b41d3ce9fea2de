using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace StockAspire.KafkaBroker.Tests.Storage;

/// <summary>Builds record batches v2 byte by byte, independently of the broker's own code.</summary>
internal static class TestBatch
{
    public static byte[] Create(params (string? Key, string? Value)[] records) => Create(-1, -1, -1, 1_000, records);

    public static byte[] Create(long producerId, short epoch, int sequence, long timestamp, params (string? Key, string? Value)[] records)
    {
        var body = new MemoryStream();
        for (var i = 0; i < records.Length; i++)
        {
            var record = new MemoryStream();
            record.WriteByte(0);
            WriteVarint(record, 0);
            WriteVarint(record, i);
            WriteField(record, records[i].Key);
            WriteField(record, records[i].Value);
            WriteVarint(record, 0);
            WriteVarint(body, (int)record.Length);
            record.WriteTo(body);
        }

        var batch = new byte[61 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(8), batch.Length - 12);
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(12), -1);
        batch[16] = 2;
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(23), records.Length - 1);
        BinaryPrimitives.WriteInt64BigEndian(batch.AsSpan(27), timestamp);
        BinaryPrimitives.WriteInt64BigEndian(batch.AsSpan(35), timestamp);
        BinaryPrimitives.WriteInt64BigEndian(batch.AsSpan(43), producerId);
        BinaryPrimitives.WriteInt16BigEndian(batch.AsSpan(51), epoch);
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(53), sequence);
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(57), records.Length);
        body.ToArray().CopyTo(batch, 61);
        return WithCrc(batch);
    }

    public static byte[] WithCrc(byte[] batch)
    {
        var crc = uint.MaxValue;
        foreach (var value in batch.AsSpan(21))
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        BinaryPrimitives.WriteUInt32BigEndian(batch.AsSpan(17), ~crc);
        return batch;
    }

    private static void WriteField(MemoryStream target, string? text)
    {
        WriteVarint(target, text is null ? -1 : Encoding.UTF8.GetByteCount(text));
        target.Write(Encoding.UTF8.GetBytes(text ?? ""));
    }

    private static void WriteVarint(MemoryStream target, int value)
    {
        var raw = (uint)((value << 1) ^ (value >> 31));
        for (; raw >= 0x80; raw >>= 7)
        {
            target.WriteByte((byte)(raw | 0x80));
        }

        target.WriteByte((byte)raw);
    }
}
