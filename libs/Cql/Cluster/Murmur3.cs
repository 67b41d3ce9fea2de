using System.Buffers.Binary;
using System.Numerics;

namespace StockAspire.Cql.Cluster;

/// <summary>
/// The token of a partition key: the first half of MurmurHash3 x64 128, as Cassandra computes it, which sign-extends the bytes of the
/// tail. The least long is the ring's minimum and no key's token: the greatest stands for it.
/// </summary>
internal static class Murmur3
{
    private const ulong C1 = 0x87C37B91114253D5;
    private const ulong C2 = 0x4CF5AD432745937F;

    public static long Token(ReadOnlySpan<byte> key)
    {
        var hash = Hash(key);
        return hash == long.MinValue ? long.MaxValue : hash;
    }

    private static long Hash(ReadOnlySpan<byte> key)
    {
        ulong h1 = 0, h2 = 0;
        var rest = key;
        for (; rest.Length >= 16; rest = rest[16..])
        {
            h1 ^= Mix1(BinaryPrimitives.ReadUInt64LittleEndian(rest));
            h1 = ((BitOperations.RotateLeft(h1, 27) + h2) * 5) + 0x52DCE729;
            h2 ^= Mix2(BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]));
            h2 = ((BitOperations.RotateLeft(h2, 31) + h1) * 5) + 0x38495AB5;
        }

        if (rest.Length > 8)
            h2 ^= Mix2(Tail(rest[8..]));
        if (rest.Length > 0)
            h1 ^= Mix1(Tail(rest[..Math.Min(8, rest.Length)]));

        h1 ^= (ulong)key.Length;
        h2 ^= (ulong)key.Length;
        h1 += h2;
        h2 += h1;
        return (long)(Final(h1) + Final(h2));
    }

    private static ulong Tail(ReadOnlySpan<byte> bytes)
    {
        ulong tail = 0;
        for (var i = 0; i < bytes.Length; i++)
            tail ^= (ulong)(sbyte)bytes[i] << (8 * i);
        return tail;
    }

    private static ulong Mix1(ulong k) => BitOperations.RotateLeft(k * C1, 31) * C2;

    private static ulong Mix2(ulong k) => BitOperations.RotateLeft(k * C2, 33) * C1;

    private static ulong Final(ulong k)
    {
        k = (k ^ (k >> 33)) * 0xFF51AFD7ED558CCD;
        k = (k ^ (k >> 33)) * 0xC4CEB9FE1A85EC53;
        return k ^ (k >> 33);
    }
}
