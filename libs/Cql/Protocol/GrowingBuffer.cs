using System.Buffers;

namespace StockAspire.Cql.Protocol;

/// <summary>
/// Bytes being written, in one rented array that grows. Cleared and used again; not thread-safe. Holds at most
/// <see cref="SizeMax"/> bytes.
/// </summary>
internal sealed class GrowingBuffer(int initialSize = 1024) : IBufferWriter<byte>, IDisposable
{
    /// <summary>256 MiB: the largest frame that the protocol allows.</summary>
    public const int SizeMax = 256 * 1024 * 1024;

    private byte[] _array = ArrayPool<byte>.Shared.Rent(initialSize);

    /// <summary>Bytes written.</summary>
    public int Size { get; private set; }

    public ReadOnlySpan<byte> Written => _array.AsSpan(0, Size);

    public ReadOnlyMemory<byte> WrittenMemory => _array.AsMemory(0, Size);

    /// <summary>What was written, to be patched.</summary>
    public Span<byte> At(int position, int size) => _array.AsSpan(0, Size).Slice(position, size);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_array.Length - Size));
        Size += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _array.AsMemory(Size);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _array.AsSpan(Size);
    }

    /// <summary>The next <paramref name="size"/> bytes, counted as written.</summary>
    public Span<byte> Take(int size)
    {
        Reserve(size);
        var span = _array.AsSpan(Size, size);
        Size += size;
        return span;
    }

    /// <summary>Forgets what stands from <paramref name="size"/> on.</summary>
    public void Truncate(int size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)size, (uint)Size);
        Size = size;
    }

    public void Clear() => Size = 0;

    public void Dispose()
    {
        Size = 0;
        if (_array.Length > 0)
            ArrayPool<byte>.Shared.Return(_array);
        _array = [];
    }

    private void Reserve(int size)
    {
        if (size > _array.Length - Size)
            Grow(size);
    }

    private void Grow(int size)
    {
        var needed = (long)Size + size;
        if (needed > SizeMax)
            throw new ArgumentException($"{needed} bytes to be sent, at most {SizeMax} fit a frame.");

        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(needed, 2L * _array.Length), SizeMax));
        Written.CopyTo(larger);
        if (_array.Length > 0)
            ArrayPool<byte>.Shared.Return(_array);
        _array = larger;
    }
}
