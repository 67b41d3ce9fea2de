using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Network;

/// <summary>
/// Cuts the bytes of one connection into request frames, in one pooled buffer. A large frame gets a buffer only as its bytes come
/// in, and counts against the budget of all connections; a frame that has begun must be whole in time.
/// </summary>
internal sealed class RequestFrames(Stream stream, TimeSpan transferTimeout, MemoryBudget budget, Deadline deadline) : IDisposable
{
    private const int LengthSize = 4;
    private const int SmallBufferSize = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(SmallBufferSize);
    private int _start;
    private int _end;
    private long _reserved;
    private int _frameSizeSeen;

    /// <summary>
    /// The next frame without its length; null when the client has closed the connection. The memory is valid, and the caller's to
    /// change, until the next call.
    /// </summary>
    /// <exception cref="MalformedRequestException">The length is not allowed.</exception>
    /// <exception cref="IdleConnectionException">No frame began within <paramref name="idleTimeout"/>.</exception>
    /// <exception cref="OperationCanceledException">The connection ends, or the frame was not whole in time.</exception>
    public async ValueTask<Memory<byte>?> ReadAsync(int frameSizeMax, TimeSpan idleTimeout)
    {
        ShrinkWhenIdle();
        if (_end == _start && !await ReceiveFirstAsync(idleTimeout).ConfigureAwait(false))
        {
            return null;
        }

        if (!IsWhole(frameSizeMax, out var size))
        {
            deadline.Start(transferTimeout);
            try
            {
                while (!IsWhole(frameSizeMax, out size))
                {
                    await MakeRoomAsync(LengthSize + size, deadline.Token).ConfigureAwait(false);
                    if (!await ReceiveAsync(deadline.Token).ConfigureAwait(false))
                    {
                        return null;
                    }
                }
            }
            finally
            {
                deadline.Stop();
            }
        }

        var frame = _buffer.AsMemory(_start + LengthSize, size);
        _frameSizeSeen = Math.Max(_frameSizeSeen, LengthSize + size);
        _start += LengthSize + size;
        return frame;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        budget.Release(_reserved);
        _reserved = 0;
    }

    /// <summary>Whether a whole frame is here; <paramref name="size"/> is its size without the length, 0 while that is not known.</summary>
    private bool IsWhole(int frameSizeMax, out int size)
    {
        size = 0;
        if (_end - _start < LengthSize)
        {
            return false;
        }

        var announced = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start));
        if (announced < 1 || announced > frameSizeMax)
        {
            throw MalformedRequestException.FrameSize(announced, frameSizeMax);
        }

        size = announced;
        return _end - _start - LengthSize >= size;
    }

    private async ValueTask<bool> ReceiveFirstAsync(TimeSpan idleTimeout)
    {
        (_start, _end) = (0, 0);
        var receiving = stream.ReadAsync(_buffer, deadline.Token);
        if (receiving.IsCompleted)
        {
            _end = await receiving.ConfigureAwait(false);
            return _end > 0;
        }

        deadline.Start(idleTimeout);
        try
        {
            _end = await receiving.ConfigureAwait(false);
            return _end > 0;
        }
        catch (OperationCanceledException) when (!deadline.IsConnectionEnding)
        {
            throw new IdleConnectionException();
        }
        finally
        {
            deadline.Stop();
        }
    }

    private async ValueTask<bool> ReceiveAsync(CancellationToken cancellationToken)
    {
        var received = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += received;
        return received > 0;
    }

    /// <summary>
    /// Room for more bytes of a frame of <paramref name="needed"/> bytes. The buffer doubles: a client that announces much and sends
    /// little costs little. One that has sent much before gets it at once.
    /// </summary>
    private async ValueTask MakeRoomAsync(int needed, CancellationToken cancellationToken)
    {
        if (_start > 0 && _start + needed > _buffer.Length)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end < _buffer.Length)
        {
            return;
        }

        // The pool gives powers of two: what is counted is what is held.
        long whole = BitOperations.RoundUpToPowerOf2((uint)needed);
        var size = Math.Min(whole, Math.Max(_buffer.Length * 2L, BitOperations.RoundUpToPowerOf2((uint)_frameSizeSeen)));
        _reserved += await budget.AcquireAsync(size - _reserved, _reserved > 0 ? whole - _reserved : null, cancellationToken).ConfigureAwait(false);
        Replace((int)Math.Min(_reserved, Array.MaxLength));
    }

    private void ShrinkWhenIdle()
    {
        if (_reserved > 0 && _end - _start <= SmallBufferSize)
        {
            Replace(SmallBufferSize);
            budget.Release(_reserved);
            _reserved = 0;
        }
    }

    private void Replace(int size)
    {
        var replacement = ArrayPool<byte>.Shared.Rent(size);
        _buffer.AsSpan(_start, _end - _start).CopyTo(replacement);
        ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _start, _end) = (replacement, 0, _end - _start);
    }
}
