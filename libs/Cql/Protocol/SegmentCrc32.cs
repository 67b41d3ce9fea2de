using System.IO.Hashing;

namespace StockAspire.Cql.Protocol;

/// <summary>native_protocol_v5.spec, 2.3: checksum of a segment's payload, which is preceded by four bytes that the text leaves out.</summary>
internal static class SegmentCrc32
{
    public const int Size = 4;

    private static ReadOnlySpan<byte> Seed => [0xFA, 0x2D, 0x55, 0xCA];

    public static uint Compute(ReadOnlySpan<byte> payload)
    {
        var crc = new Crc32();
        crc.Append(Seed);
        crc.Append(payload);
        return crc.GetCurrentHashAsUInt32();
    }
}
