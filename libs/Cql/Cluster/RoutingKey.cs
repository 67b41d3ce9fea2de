using System.Buffers;
using System.Buffers.Binary;
using StockAspire.Cql.Protocol;

namespace StockAspire.Cql.Cluster;

/// <summary>
/// The partition key within a statement's values. A key of one column is its bytes; one of several is, for each, two bytes of size, the
/// bytes, and a zero.
/// </summary>
internal static class RoutingKey
{
    private const int StackSizeMax = 256;

    /// <summary>Columns of a partition key that are looked at without allocation; more have no practical use.</summary>
    private const int ColumnsMax = 16;

    /// <summary>Null if a part of the key is null, unset or too large: the server will say what is wrong with it.</summary>
    /// <param name="values">The [value]s of the statement.</param>
    /// <param name="keyIndexes">Which of them make up the key, in its order.</param>
    public static long? Token(ReadOnlySpan<byte> values, ReadOnlySpan<int> keyIndexes)
    {
        if (keyIndexes.IsEmpty || keyIndexes.Length > ColumnsMax)
            return null;
        if (keyIndexes.Length == 1)
            return TryFind(values, keyIndexes[0], out var only) ? Murmur3.Token(values[only]) : null;

        Span<Range> parts = stackalloc Range[ColumnsMax];
        var size = 0;
        for (var i = 0; i < keyIndexes.Length; i++)
        {
            if (!TryFind(values, keyIndexes[i], out parts[i]))
                return null;
            size += values[parts[i]].Length + 3;
        }

        var rented = size > StackSizeMax ? ArrayPool<byte>.Shared.Rent(size) : null;
        var key = rented is null ? stackalloc byte[StackSizeMax] : rented;
        var position = 0;
        foreach (var range in parts[..keyIndexes.Length])
        {
            var part = values[range];
            BinaryPrimitives.WriteUInt16BigEndian(key[position..], (ushort)part.Length);
            part.CopyTo(key[(position + 2)..]);
            position += part.Length + 3;
            key[position - 1] = 0;
        }

        var token = Murmur3.Token(key[..size]);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return token;
    }

    private static bool TryFind(ReadOnlySpan<byte> values, int index, out Range range)
    {
        var reader = new BodyReader(values);
        for (var i = 0; i < index; i++)
            reader.ReadBytes(out _);
        var value = reader.ReadBytes(out var isNull);
        range = (reader.Position - value.Length)..reader.Position;
        return !isNull && value.Length <= ushort.MaxValue;
    }
}
