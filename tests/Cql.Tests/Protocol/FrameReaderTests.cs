using StockAspire.Cql.Protocol;

namespace StockAspire.Cql.Tests.Protocol;

public sealed class FrameReaderTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Frames_OfManySizes_ComeBackInOrder()
    {
        using var stream = new GrowingBuffer();
        int[] sizes = [0, 5, 65_536, 31, 200_000, 32_768, 1, 65_527];
        for (var i = 0; i < sizes.Length; i++)
        {
            new FrameHeader(ProtocolVersion.V4, true, FrameFlags.None, (short)i, Opcode.Result, sizes[i]).Write(stream.Take(FrameHeader.Size));
            stream.Take(sizes[i]).Fill((byte)(i + 1));
        }

        using var reader = new FrameReader(new Trickle(stream.Written.ToArray()), 1 << 20);
        for (var i = 0; i < sizes.Length; i++)
        {
            using var frame = Assert.NotNull(await reader.ReadAsync(Cancel));
            Assert.Equal(i, frame.Header.StreamId);
            Assert.Equal(sizes[i], frame.Span.Length);
            Assert.False(frame.Span.ContainsAnyExcept((byte)(i + 1)));
        }

        Assert.Null(await reader.ReadAsync(Cancel));
    }

    [Theory]
    [InlineData("84 00 00", "The stream ended 3 bytes into a frame's header.")]
    [InlineData("84 00 0001 08 00000004 0000", "The stream ended 2 bytes into a frame's body of 4 bytes.")]
    public async Task End_WithinAFrame_IsAnError(string bytes, string message)
    {
        using var reader = new FrameReader(new MemoryStream(Hex.Bytes(bytes)), 1024);
        Assert.Equal(message, (await Assert.ThrowsAsync<CqlProtocolException>(async () => await reader.ReadAsync(Cancel))).Message);
    }

    // token F0: 15 literals or more, 05 more: 20 literals; the whole block is literals, so any LZ4 decoder reads it.
    [Fact]
    public async Task Compressed_Body_IsItsSizeAndABlock()
    {
        using var reader = new FrameReader(new MemoryStream(Hex.Bytes("84 01 0001 08 0000001A  00000014  F0 05 '20 bytes of literals'")), 1024);
        using var frame = Assert.NotNull(await reader.ReadAsync(Cancel));
        Assert.Equal("20 bytes of literals"u8, frame.Span);
    }

    [Theory]
    [InlineData("84 01 0001 08 00000006  00000401  10 41", "Compressed body says 1025 bytes, expected 0 to 1024.")]
    [InlineData("84 01 0001 08 00000006  00000002  10 41", "LZ4 block of 2 bytes does not hold the 2 bytes it should.")]
    [InlineData("84 01 0001 08 00000003  000000", "Compressed body of 3 bytes, expected at least 4.")]
    public async Task Compressed_Malformed_IsRefused(string bytes, string message)
    {
        using var reader = new FrameReader(new MemoryStream(Hex.Bytes(bytes)), 1024);
        Assert.Equal(message, (await Assert.ThrowsAsync<CqlProtocolException>(async () => await reader.ReadAsync(Cancel))).Message);
    }

    [Fact]
    public void Lz4_BodyRoundTrips()
    {
        var body = Hex.Bytes(string.Concat(Enumerable.Repeat("'a text that repeats '", 40)));
        var compressed = Hex.Written(buffer => Assert.True(Lz4.TryCompressBody(body, buffer)));
        Hex.AssertEqual("00000320", compressed.AsSpan(0, 4));

        var plain = new byte[Lz4.ReadBodySize(compressed, 1024)];
        Lz4.Decompress(compressed.AsSpan(4), plain);
        Assert.Equal(body, plain);
    }

    [Fact]
    public void Lz4_NotSmaller_IsLeft()
    {
        var body = new byte[600];
        new Random(1).NextBytes(body);
        using var buffer = new GrowingBuffer();
        Assert.False(Lz4.TryCompressBody(body, buffer));
        Assert.Equal(0, buffer.Size);
    }
}
