using System.Numerics;
using System.Text;

namespace StockAspire.Market.Blocks;

/// <summary>
/// A growing buffer of protobuf wire format (protobuf.dev, "Encoding"): varints, zigzag, tags, length-delimited fields.
/// Reused from message to message; not thread-safe.
/// </summary>
internal sealed class ProtoWriter(int capacity)
{
    private const int VarintSizeMax = 10;

    private byte[] _bytes = new byte[capacity];

    public int Size { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Size);

    public static int VarintSize(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;

    public static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    /// <summary>Size of a length-delimited field: tag (field numbers below 16 take one byte), length, body.</summary>
    public static int FieldSize(int bodySize) => 1 + VarintSize((ulong)bodySize) + bodySize;

    public void Clear() => Size = 0;

    public void Varint(ulong value)
    {
        Reserve(VarintSizeMax);
        var bytes = _bytes;
        var position = Size;
        while (value >= 0x80)
        {
            bytes[position++] = (byte)(value | 0x80);
            value >>= 7;
        }

        bytes[position++] = (byte)value;
        Size = position;
    }

    public void Tag(int field, int wireType) => Varint(((ulong)field << 3) | (uint)wireType);

    /// <summary>A varint field, left out where it has proto3's default of 0.</summary>
    public void VarintField(int field, ulong value)
    {
        if (value != 0)
        {
            Tag(field, ProtoReader.VarintType);
            Varint(value);
        }
    }

    public void BytesField(int field, ReadOnlySpan<byte> bytes)
    {
        Tag(field, ProtoReader.LengthType);
        Varint((ulong)bytes.Length);
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Size));
        Size += bytes.Length;
    }

    public void TextField(int field, string text)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        Tag(field, ProtoReader.LengthType);
        Varint((ulong)size);
        Reserve(size);
        Size += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(Size));
    }

    private void Reserve(int more)
    {
        if (_bytes.Length - Size < more)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Size + more));
        }
    }
}
