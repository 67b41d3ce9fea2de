namespace StockAspire.Cql.Protocol;

/// <summary>
/// native_protocol_v5.spec, 2.2: what stands before a segment's payload, little-endian, unlike all else. Uncompressed: 17 bits of size,
/// one that says whether whole frames are in it, 6 of padding, CRC24. Compressed: 17 bits of size, 17 of the size before
/// compression (0 if it was not worth it), the one bit, 5 of padding, CRC24.
/// </summary>
internal readonly record struct SegmentHeader(int PayloadSize, int UncompressedSize, bool IsSelfContained)
{
    public const int PayloadSizeMax = (1 << 17) - 1;
    private const int PlainSize = 3;
    private const int CompressedSize = 5;

    public static int SizeOf(bool isCompressed) => (isCompressed ? CompressedSize : PlainSize) + Crc24.Size;

    /// <param name="bytes">Exactly <see cref="SizeOf"/>.</param>
    /// <exception cref="CqlProtocolException">The checksum differs.</exception>
    public static SegmentHeader Read(ReadOnlySpan<byte> bytes, bool isCompressed)
    {
        var size = isCompressed ? CompressedSize : PlainSize;
        ulong header = 0;
        for (var i = size - 1; i >= 0; i--)
            header = (header << 8) | bytes[i];

        var expected = bytes[size] | (bytes[size + 1] << 8) | (bytes[size + 2] << 16);
        var actual = Crc24.Compute(header, size);
        if (actual != expected)
            throw new CqlProtocolException($"Segment header has CRC24 {expected:X6}, expected {actual:X6}.");

        var payload = (int)(header & PayloadSizeMax);
        return isCompressed
            ? new(payload, (int)((header >> 17) & PayloadSizeMax), ((header >> 34) & 1) != 0)
            : new(payload, 0, ((header >> 17) & 1) != 0);
    }

    public void Write(Span<byte> target, bool isCompressed)
    {
        var size = isCompressed ? CompressedSize : PlainSize;
        var header = isCompressed
            ? (uint)PayloadSize | ((ulong)(uint)UncompressedSize << 17) | (IsSelfContained ? 1UL << 34 : 0)
            : (uint)PayloadSize | (IsSelfContained ? 1UL << 17 : 0);
        var crc = Crc24.Compute(header, size);
        for (var i = 0; i < size; i++)
            target[i] = (byte)(header >> (8 * i));
        for (var i = 0; i < Crc24.Size; i++)
            target[size + i] = (byte)(crc >> (8 * i));
    }
}
