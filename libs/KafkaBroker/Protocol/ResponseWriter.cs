using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using StockAspire.KafkaBroker.Network;

namespace StockAspire.KafkaBroker.Protocol;

/// <summary>
/// Builds one response frame in a pooled buffer, compact types where the version is flexible (KIP-482). Not thread-safe.
/// The first four bytes are the frame's size, which <see cref="Finish"/> fills in. An answer beyond 64 KiB counts against budgets of
/// all connections: <paramref name="reserved"/> where it knows its size beforehand and can wait, else <paramref name="grown"/>.
/// </summary>
internal sealed class ResponseWriter(MemoryBudget reserved, MemoryBudget grown) : IDisposable
{
    private const int SmallBufferSize = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(1024);
    private long _reservedSize;
    private long _grownSize;

    public bool Flexible { get; set; }

    public int Position { get; private set; }

    public void WriteInt8(sbyte value) => Grow(1)[0] = (byte)value;

    public void WriteBool(bool value) => Grow(1)[0] = value ? (byte)1 : (byte)0;

    public void WriteInt16(short value) => BinaryPrimitives.WriteInt16BigEndian(Grow(2), value);

    public void WriteError(ErrorCode value) => WriteInt16((short)value);

    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32BigEndian(Grow(4), value);

    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64BigEndian(Grow(8), value);

    public void WriteUuid(Guid value) => _ = value.TryWriteBytes(Grow(16), bigEndian: true, out _);

    public void WriteString(string value)
    {
        var size = Encoding.UTF8.GetByteCount(value);
        if (Flexible)
        {
            WriteUnsignedVarint((uint)size + 1);
        }
        else
        {
            WriteInt16(checked((short)size));
        }

        _ = Encoding.UTF8.GetBytes(value, Grow(size));
    }

    public void WriteNullableString(string? value)
    {
        if (value is not null)
        {
            WriteString(value);
        }
        else if (Flexible)
        {
            WriteUnsignedVarint(0);
        }
        else
        {
            WriteInt16(-1);
        }
    }

    /// <summary>What an error code does not tell, for people; cut where it quotes something overlong, so that it fits in any version.</summary>
    public void WriteMessage(string? message)
    {
        const int lengthMax = 1_000;
        WriteNullableString(message?.Length > lengthMax ? message[..(char.IsHighSurrogate(message[lengthMax - 1]) ? lengthMax - 1 : lengthMax)] + "..." : message);
    }

    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        WriteBytesSize(value.Length);
        value.CopyTo(Grow(value.Length));
    }

    public void WriteBytesSize(int size)
    {
        if (Flexible)
        {
            WriteUnsignedVarint((uint)size + 1);
        }
        else
        {
            WriteInt32(size);
        }
    }

    /// <summary>Length of an array; -1 for a null one.</summary>
    public void WriteArrayLength(int length)
    {
        if (Flexible)
        {
            WriteUnsignedVarint((uint)(length + 1));
        }
        else
        {
            WriteInt32(length);
        }
    }

    /// <summary>An array of one int32, as the replica lists of a single broker are.</summary>
    public void WriteInt32Array(params ReadOnlySpan<int> values)
    {
        WriteArrayLength(values.Length);
        foreach (var value in values)
        {
            WriteInt32(value);
        }
    }

    /// <summary>The empty set of tagged fields that ends each structure of a flexible version.</summary>
    public void WriteTags()
    {
        if (Flexible)
        {
            Grow(1)[0] = 0;
        }
    }

    public void WriteUnsignedVarint(uint value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            Grow(1)[0] = (byte)(value | 0x80);
        }

        Grow(1)[0] = (byte)value;
    }

    /// <summary>How many bytes <see cref="WriteBytesSize"/> takes for a field of <paramref name="size"/> bytes.</summary>
    public int MeasureBytesSize(int size)
    {
        if (!Flexible)
        {
            return 4;
        }

        var count = 1;
        for (var value = (uint)size + 1; value >= 0x80; value >>= 7)
        {
            count++;
        }

        return count;
    }

    /// <summary>Room for <paramref name="size"/> bytes at <see cref="Position"/>, not yet counted in: <see cref="Advance"/> does.</summary>
    public Span<byte> Reserve(int size)
    {
        Ensure(size);
        return _buffer.AsSpan(Position, size);
    }

    public void Advance(int size) => Position += size;

    /// <summary>Goes back to an earlier <see cref="Position"/>: what was written since is dropped.</summary>
    public void Rewind(int position) => Position = position;

    /// <summary>Overwrites the array length or count at <paramref name="position"/>; for versions with fixed-size lengths.</summary>
    public void PatchInt32(int position, int value) => BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(position), value);

    /// <summary>The whole frame; valid until the writer is reset or disposed.</summary>
    public ReadOnlyMemory<byte> Finish()
    {
        PatchInt32(0, Position - 4);
        return _buffer.AsMemory(0, Position);
    }

    /// <summary>Makes room for an answer of this size before it is written; false if other answers held the memory all the while.</summary>
    public async ValueTask<bool> TryReserveAsync(long size, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (size <= Math.Max(SmallBufferSize, _buffer.Length))
        {
            return true;
        }

        var rounded = RoundUp(size);
        if (!await reserved.TryAcquireAsync(rounded, wait, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        _reservedSize += rounded;
        Replace((int)rounded);
        return true;
    }

    /// <summary>Starts a new frame with room for its size; a buffer that a big response left behind goes back to the pool.</summary>
    public void Reset()
    {
        if (_buffer.Length > SmallBufferSize)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(1024);
            Release();
        }

        Flexible = false;
        Position = 4;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        Release();
    }

    /// <summary>The pool gives powers of two, and what is counted is what is held.</summary>
    private static long RoundUp(long size) => Math.Min((long)BitOperations.RoundUpToPowerOf2((ulong)size), Array.MaxLength);

    private void Release()
    {
        if (_reservedSize + _grownSize > 0)
        {
            reserved.Release(_reservedSize);
            grown.Release(_grownSize);
            (_reservedSize, _grownSize) = (0, 0);
        }
    }

    private Span<byte> Grow(int size)
    {
        Ensure(size);
        var room = _buffer.AsSpan(Position, size);
        Position += size;
        return room;
    }

    private void Ensure(int size)
    {
        if (_buffer.Length - Position >= size)
        {
            return;
        }

        var bigger = RoundUp(Math.Max((long)Position + size, _buffer.Length * 2L));
        if (bigger > SmallBufferSize)
        {
            var more = bigger - _reservedSize - _grownSize;
            if (bigger < (long)Position + size || !grown.TryAcquire(more))
            {
                throw new AnswerTooLargeException((long)Position + size);
            }

            _grownSize += more;
        }

        Replace((int)bigger);
    }

    private void Replace(int size)
    {
        var replacement = ArrayPool<byte>.Shared.Rent(size);
        _buffer.AsSpan(0, Position).CopyTo(replacement);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = replacement;
    }
}
