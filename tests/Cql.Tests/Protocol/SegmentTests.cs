using StockAspire.Cql.Protocol;

namespace StockAspire.Cql.Tests.Protocol;

public sealed class SegmentTests
{
    /// <summary>OPTIONS on stream 1: size 9, self-contained; header checksum and payload checksum follow theirs.</summary>
    [Fact]
    public void Write_OneFrame_IsOneSegment()
    {
        var segment = Hex.Written(buffer => SegmentWriter.Write(Hex.Bytes("05 00 0001 05 00000000"), isCompressed: false, buffer));

        Assert.Equal(6 + 9 + 4, segment.Length);
        Hex.AssertEqual("09 00 02", segment.AsSpan(0, 3));
        Hex.AssertEqual("05 00 0001 05 00000000", segment.AsSpan(6, 9));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Frames_SmallAndLarge_ComeBackWhole(bool isCompressed)
    {
        int[] sizes = [0, 1, 500, 70_000, 70_000, SegmentHeader.PayloadSizeMax - FrameHeader.Size, SegmentHeader.PayloadSizeMax, 400_000, 3];
        var random = new Random(7);
        using var frames = new GrowingBuffer();
        foreach (var size in sizes)
        {
            new FrameHeader(ProtocolVersion.V5, true, FrameFlags.None, 1, Opcode.Result, size).Write(frames.Take(FrameHeader.Size));

            // Half of it compresses, half does not.
            random.NextBytes(frames.Take(size)[..(size / 2)]);
            frames.At(frames.Size - (size - (size / 2)), size - (size / 2)).Fill(7);
        }

        var segments = Hex.Written(buffer => SegmentWriter.Write(frames.Written, isCompressed, buffer));
        using var reader = new FrameReader(new SegmentReadStream(new Trickle(segments), isCompressed, head: []), GrowingBuffer.SizeMax);
        var position = 0;
        foreach (var size in sizes)
        {
            using var frame = Assert.NotNull(await reader.ReadAsync(TestContext.Current.CancellationToken));
            Assert.True(frame.Span.SequenceEqual(frames.Written.Slice(position + FrameHeader.Size, size)));
            position += FrameHeader.Size + size;
        }

        Assert.Null(await reader.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Read_FlippedPayload_IsRefused()
    {
        var segment = Hex.Written(buffer => SegmentWriter.Write(Hex.Bytes("85 00 0001 02 00000000"), isCompressed: false, buffer));
        segment[8] ^= 1;
        using var reader = new FrameReader(new SegmentReadStream(new MemoryStream(segment), false, []), 1024);

        var exception = await Assert.ThrowsAsync<CqlProtocolException>(async () => await reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Contains("CRC32", exception.Message, StringComparison.Ordinal);
    }
}
