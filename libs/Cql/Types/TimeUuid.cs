using System.Buffers.Binary;
using System.Security.Cryptography;

namespace StockAspire.Cql;

/// <summary>Version 1 UUIDs (RFC 9562, 5.1), CQL's <c>timeuuid</c>: their time is UTC in steps of 100 ns.</summary>
public static class TimeUuid
{
    /// <summary>The Gregorian calendar's first day, from which version 1 counts.</summary>
    private static readonly DateTimeOffset Epoch = new(1582, 10, 15, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A UUID of a time, with a random node and clock sequence.</summary>
    public static Guid Create(DateTimeOffset time)
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes[8..]);
        var steps = (time - Epoch).Ticks;
        ArgumentOutOfRangeException.ThrowIfNegative(steps, nameof(time));
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)steps);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], (ushort)(steps >> 32));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)(((steps >> 48) & 0x0FFF) | 0x1000));
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);

        // The multicast bit says that the node is not a network card's address.
        bytes[10] |= 0x01;
        return new Guid(bytes, bigEndian: true);
    }

    /// <exception cref="ArgumentException">Not of version 1.</exception>
    public static DateTimeOffset TimeOf(Guid timeuuid)
    {
        if (timeuuid.Version != 1)
            throw new ArgumentException($"{timeuuid} is of version {timeuuid.Version}, expected 1.", nameof(timeuuid));

        Span<byte> bytes = stackalloc byte[16];
        timeuuid.TryWriteBytes(bytes, bigEndian: true, out _);
        var steps = ((long)(BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) & 0x0FFF) << 48) |
            ((long)BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]) << 32) |
            BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return Epoch.AddTicks(steps);
    }
}
