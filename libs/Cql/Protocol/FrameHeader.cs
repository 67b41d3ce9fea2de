using System.Buffers.Binary;

namespace StockAspire.Cql.Protocol;

/// <summary>native_protocol_v4.spec, 2: the nine bytes before each body.</summary>
/// <param name="StreamId">Chosen by the client, not negative; -1 in events.</param>
/// <param name="BodySize">Bytes that follow the header.</param>
internal readonly record struct FrameHeader(ProtocolVersion Version, bool IsResponse, FrameFlags Flags, short StreamId, Opcode Opcode, int BodySize)
{
    public const int Size = 9;

    /// <summary>Of events, which no request asked for.</summary>
    public const short EventStreamId = -1;

    private const byte ResponseBit = 0x80;

    /// <summary>
    /// The versions a frame may carry. A server that refuses the client's version answers in its own, which may be any: such a
    /// header is read too, so that its ERROR can be.
    /// </summary>
    private const int VersionMin = 3;
    private const int VersionMax = 6;

    /// <summary>False if <paramref name="bytes"/> ends before the header does.</summary>
    /// <exception cref="CqlProtocolException">The header is not one of this protocol, or its body is over the limit.</exception>
    public static bool TryRead(ReadOnlySpan<byte> bytes, int frameSizeMax, out FrameHeader header)
    {
        header = default;
        if (bytes.Length < Size)
            return false;

        var version = bytes[0] & ~ResponseBit;
        if (version is < VersionMin or > VersionMax)
            throw new CqlProtocolException($"Frame of version {version}, expected {VersionMin} to {VersionMax}: the peer does not speak CQL, or the stream is out of step.");

        var size = BinaryPrimitives.ReadInt32BigEndian(bytes[5..]);
        if (size < 0 || size > frameSizeMax)
            throw new CqlProtocolException($"Frame body of {size} bytes, expected 0 to {frameSizeMax}.");

        header = new FrameHeader(
            (ProtocolVersion)version,
            (bytes[0] & ResponseBit) != 0,
            (FrameFlags)bytes[1],
            BinaryPrimitives.ReadInt16BigEndian(bytes[2..]),
            (Opcode)bytes[4],
            size);
        return true;
    }

    public void Write(Span<byte> target)
    {
        target[0] = (byte)((byte)Version | (IsResponse ? ResponseBit : 0));
        target[1] = (byte)Flags;
        BinaryPrimitives.WriteInt16BigEndian(target[2..], StreamId);
        target[4] = (byte)Opcode;
        BinaryPrimitives.WriteInt32BigEndian(target[5..], BodySize);
    }
}
