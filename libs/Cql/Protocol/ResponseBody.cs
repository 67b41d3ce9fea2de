using System.Buffers;

namespace StockAspire.Cql.Protocol;

/// <summary>A frame that came: header and body, the latter uncompressed in a rented array. Whoever has it last disposes of it, once.</summary>
internal readonly struct ResponseBody(FrameHeader header, byte[] array, int size) : IDisposable
{
    public FrameHeader Header { get; } = header;

    public ReadOnlySpan<byte> Span => array.AsSpan(0, size);

    public void Dispose()
    {
        if (array is { Length: > 0 })
            ArrayPool<byte>.Shared.Return(array);
    }
}
