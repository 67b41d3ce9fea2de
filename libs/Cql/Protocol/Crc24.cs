namespace StockAspire.Cql.Protocol;

/// <summary>native_protocol_v5.spec, 2.3: checksum of a segment's header, least significant byte of the header first.</summary>
internal static class Crc24
{
    public const int Size = 3;
    private const int Initial = 0x875060;
    private const int Polynomial = 0x1974F0B;

    /// <param name="header">The header's bytes as a little-endian number.</param>
    /// <param name="size">How many bytes of it count, 3 or 5.</param>
    public static int Compute(ulong header, int size)
    {
        var crc = Initial;
        for (var i = 0; i < size; i++)
        {
            crc ^= (int)(header & 0xFF) << 16;
            header >>= 8;
            for (var bit = 0; bit < 8; bit++)
            {
                crc <<= 1;
                if ((crc & 0x1000000) != 0)
                    crc ^= Polynomial;
            }
        }

        return crc;
    }
}
