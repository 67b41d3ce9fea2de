using System.Buffers;

namespace StockAspire.Cql.Protocol;

/// <summary>
/// Cuts a stream into frames. What has come of the next frames waits in one buffer; a body larger than that is read straight into
/// the array that carries it. Not thread-safe.
/// </summary>
internal sealed class FrameReader(Stream stream, int frameSizeMax) : IDisposable
{
    private const int BufferSize = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _start;
    private int _end;

    /// <summary>What was read beyond the frames taken so far: what another stream over the same bytes must begin with.</summary>
    public ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Null at the stream's end, if that is between two frames.</summary>
    /// <exception cref="CqlProtocolException">Bytes that are no frame, or the end within one.</exception>
    public async ValueTask<ResponseBody?> ReadAsync(CancellationToken cancel)
    {
        FrameHeader header;
        while (!FrameHeader.TryRead(_buffer.AsSpan(_start, _end - _start), frameSizeMax, out header))
        {
            if (!await FillAsync(cancel))
                return _start == _end ? null : throw new CqlProtocolException($"The stream ended {_end - _start} bytes into a frame's header.");
        }

        _start += FrameHeader.Size;
        return Uncompress(header, await ReadBodyAsync(header.BodySize, cancel), frameSizeMax);
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private static ResponseBody Uncompress(FrameHeader header, byte[] body, int frameSizeMax)
    {
        if ((header.Flags & FrameFlags.Compressed) == 0)
            return new ResponseBody(header, body, header.BodySize);

        try
        {
            var compressed = body.AsSpan(0, header.BodySize);
            var size = Lz4.ReadBodySize(compressed, frameSizeMax);
            var array = ArrayPool<byte>.Shared.Rent(size);
            Lz4.Decompress(compressed[Lz4.SizePrefix..], array.AsSpan(0, size));
            return new ResponseBody(header, array, size);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
        }
    }

    private async ValueTask<byte[]> ReadBodyAsync(int size, CancellationToken cancel)
    {
        var body = size == 0 ? [] : ArrayPool<byte>.Shared.Rent(size);
        var have = Math.Min(size, _end - _start);
        _buffer.AsSpan(_start, have).CopyTo(body);
        _start += have;
        try
        {
            while (have < size)
            {
                // A small rest is better fetched together with what follows it.
                if (size - have < BufferSize / 2)
                {
                    if (!await FillAsync(cancel))
                        throw Ended(have, size);
                    var take = Math.Min(size - have, _end - _start);
                    _buffer.AsSpan(_start, take).CopyTo(body.AsSpan(have));
                    _start += take;
                    have += take;
                    continue;
                }

                var read = await stream.ReadAsync(body.AsMemory(have, size - have), cancel);
                have += read > 0 ? read : throw Ended(have, size);
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(body);
            throw;
        }

        return body;
    }

    private static CqlProtocolException Ended(int have, int size) => new($"The stream ended {have} bytes into a frame's body of {size} bytes.");

    private async ValueTask<bool> FillAsync(CancellationToken cancel)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            // Only a header's beginning can stand here, or a body's that was just taken.
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancel);
        _end += read;
        return read > 0;
    }
}
