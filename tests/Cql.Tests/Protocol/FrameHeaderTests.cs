using StockAspire.Cql.Protocol;

namespace StockAspire.Cql.Tests.Protocol;

public sealed class FrameHeaderTests
{
    private const int SizeMax = 1024;

    //            version flags stream opcode length
    [Theory]
    [InlineData("04      00    0001   05     00000000", 4, false, 0, 1, 0x05, 0)]
    [InlineData("84      0B    07FF   08     00000400", 4, true, 0x0B, 2047, 0x08, 1024)]
    [InlineData("85      00    FFFF   0C     00000001", 5, true, 0, -1, 0x0C, 1)]
    public void Header_RoundTrips(string bytes, byte version, bool isResponse, byte flags, short stream, byte opcode, int size)
    {
        Assert.True(FrameHeader.TryRead(Hex.Bytes(bytes), SizeMax, out var header));
        Assert.Equal(new FrameHeader((ProtocolVersion)version, isResponse, (FrameFlags)flags, stream, (Opcode)opcode, size), header);

        var written = new byte[FrameHeader.Size];
        header.Write(written);
        Hex.AssertEqual(bytes, written);
    }

    [Fact]
    public void TryRead_AnyShorterPrefix_NeedsMore()
    {
        var bytes = Hex.Bytes("84 00 0001 08 00000004");
        for (var size = 0; size < bytes.Length; size++)
            Assert.False(FrameHeader.TryRead(bytes.AsSpan(0, size), SizeMax, out _));
    }

    [Theory]
    [InlineData("84 00 0001 08 00000401", "Frame body of 1025 bytes, expected 0 to 1024.")]
    [InlineData("84 00 0001 08 FFFFFFFF", "Frame body of -1 bytes, expected 0 to 1024.")]
    [InlineData("48 54 5450 2F 312E3120", "Frame of version 72, expected 3 to 6: the peer does not speak CQL, or the stream is out of step.")]
    public void TryRead_Malformed_Says(string bytes, string message) =>
        Assert.Equal(message, Assert.Throws<CqlProtocolException>(() => FrameHeader.TryRead(Hex.Bytes(bytes), SizeMax, out _)).Message);
}
