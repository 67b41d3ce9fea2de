using System.Buffers.Binary;

namespace StockAspire.Cql.Protocol;

/// <summary>
/// native_protocol_v5.spec, 2: the payloads of a stream of segments, checked and uncompressed, as one stream of bytes. Where frames begin
/// is for <see cref="FrameReader"/> to say: whether a segment holds whole frames makes no difference to it.
/// </summary>
/// <param name="head">Bytes that were read from <paramref name="inner"/> already.</param>
internal sealed class SegmentReadStream(Stream inner, bool isCompressed, byte[] head) : Stream
{
    private readonly byte[] _raw = new byte[SegmentHeader.SizeOf(isCompressed: true) + SegmentHeader.PayloadSizeMax + SegmentCrc32.Size];
    private readonly byte[] _plain = isCompressed ? new byte[SegmentHeader.PayloadSizeMax] : [];
    private int _headPosition;
    private ReadOnlyMemory<byte> _payload;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_payload.IsEmpty)
        {
            if (!await ReadSegmentAsync(cancellationToken))
                return 0;
        }

        var size = Math.Min(buffer.Length, _payload.Length);
        _payload[..size].CopyTo(buffer);
        _payload = _payload[size..];
        return size;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>False at the end, between two segments.</summary>
    private async ValueTask<bool> ReadSegmentAsync(CancellationToken cancel)
    {
        var headerSize = SegmentHeader.SizeOf(isCompressed);
        if (!await FillAsync(_raw.AsMemory(0, headerSize), canEnd: true, cancel))
            return false;

        var header = SegmentHeader.Read(_raw.AsSpan(0, headerSize), isCompressed);
        await FillAsync(_raw.AsMemory(headerSize, header.PayloadSize + SegmentCrc32.Size), canEnd: false, cancel);
        var payload = _raw.AsMemory(headerSize, header.PayloadSize);
        var expected = BinaryPrimitives.ReadUInt32LittleEndian(_raw.AsSpan(headerSize + header.PayloadSize));
        var actual = SegmentCrc32.Compute(payload.Span);
        if (actual != expected)
            throw new CqlProtocolException($"Segment payload has CRC32 {expected:X8}, expected {actual:X8}.");

        if (header.UncompressedSize > 0)
        {
            Lz4.Decompress(payload.Span, _plain.AsSpan(0, header.UncompressedSize));
            payload = _plain.AsMemory(0, header.UncompressedSize);
        }

        _payload = payload;
        return true;
    }

    private async ValueTask<bool> FillAsync(Memory<byte> target, bool canEnd, CancellationToken cancel)
    {
        var have = Math.Min(target.Length, head.Length - _headPosition);
        head.AsMemory(_headPosition, have).CopyTo(target);
        _headPosition += have;
        while (have < target.Length)
        {
            var read = await inner.ReadAsync(target[have..], cancel);
            if (read == 0)
                return have == 0 && canEnd ? false : throw new CqlProtocolException($"The stream ended {have} bytes into {target.Length} of a segment.");
            have += read;
        }

        return true;
    }
}
