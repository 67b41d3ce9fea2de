using StockAspire.Cql.Protocol;

namespace StockAspire.Cql.Tests.Protocol;

public sealed class ChecksumTests
{
    /// <summary>The definition, bit by bit, over a message that is not a number.</summary>
    private static int Crc24ByDefinition(ReadOnlySpan<byte> bytes)
    {
        var crc = 0x875060;
        foreach (var next in bytes)
        {
            crc ^= next << 16;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 0x800000) != 0 ? (crc << 1) ^ 0x1974F0B : crc << 1;
        }

        return crc;
    }

    [Theory]
    [InlineData("00 00 00")]
    [InlineData("09 00 02")]
    [InlineData("FF FF 03")]
    [InlineData("0A 00 12 00 04")]
    [InlineData("FF FF FF FF 07")]
    public void Crc24_OfHeader_IsOfItsBytesFromTheLeast(string header)
    {
        var bytes = Hex.Bytes(header);
        var number = bytes.Reverse().Aggregate(0UL, (value, next) => (value << 8) | next);

        Assert.Equal(Crc24ByDefinition(bytes), Crc24.Compute(number, bytes.Length));
    }

    /// <summary>0xCBF43926 is the check value of CRC-32 for these nine digits; with the four bytes before them it must differ.</summary>
    [Fact]
    public void Crc32_IsSeeded()
    {
        Assert.Equal(0xCBF43926, System.IO.Hashing.Crc32.HashToUInt32("123456789"u8));
        Assert.Equal(
            System.IO.Hashing.Crc32.HashToUInt32(Hex.Bytes("FA 2D 55 CA '123456789'")),
            SegmentCrc32.Compute("123456789"u8));
    }

    [Fact]
    public void Header_AnyFlippedBit_IsSeen()
    {
        foreach (var isCompressed in new[] { false, true })
        {
            var bytes = new byte[SegmentHeader.SizeOf(isCompressed)];
            new SegmentHeader(0x1ABCD, isCompressed ? 0x1FFFF : 0, IsSelfContained: true).Write(bytes, isCompressed);
            Assert.Equal(new SegmentHeader(0x1ABCD, isCompressed ? 0x1FFFF : 0, true), SegmentHeader.Read(bytes, isCompressed));
            for (var bit = 0; bit < bytes.Length * 8; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.Throws<CqlProtocolException>(() => SegmentHeader.Read(bytes, isCompressed));
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }
}
