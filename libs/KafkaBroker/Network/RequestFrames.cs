using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Network;

/// <summary>
/// Cuts the bytes of one socket into request frames, in one pooled buffer. A large frame gets a buffer only as its bytes come in,
/// and counts against the budget of all connections; a frame that has begun must be whole in time.
/// </summary>
internal sealed class RequestFrames(Socket socket, int frameSizeMax, TimeSpan transferTimeout, MemoryBudget budget) : IDisposable
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
    /// <exception cref="OperationCanceledException">Cancelled, or the frame was not whole in time.</exception>
    public async ValueTask<Memory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        ShrinkWhenIdle();
        if (_end - _start < LengthSize && !await FillAsync(LengthSize, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        var size = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start));
        if (size < 1 || size > frameSizeMax)
        {
            throw MalformedRequestException.FrameSize(size, frameSizeMax);
        }

        if (_end - _start - LengthSize < size)
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(transferTimeout);
            if (!await FillAsync(LengthSize + size, deadline.Token).ConfigureAwait(false))
            {
                return null;
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

    /// <summary>Receives until <paramref name="needed"/> bytes are there; false when the connection ends before.</summary>
    private async ValueTask<bool> FillAsync(int needed, CancellationToken cancellationToken)
    {
        while (_end - _start < needed)
        {
            if (_start > 0 && _start + needed > _buffer.Length)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }

            if (_end == _buffer.Length)
            {
                await GrowAsync(needed, cancellationToken).ConfigureAwait(false);
            }

            var received = await socket.ReceiveAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (received == 0)
            {
                return false;
            }

            _end += received;
        }

        return true;
    }

    /// <summary>
    /// Doubles the buffer: a client that announces much and sends little costs little. One that has sent much before gets it at once.
    /// </summary>
    private async ValueTask GrowAsync(int needed, CancellationToken cancellationToken)
    {
        var size = (int)Math.Min(needed, Math.Max(_buffer.Length * 2L, _frameSizeSeen));
        var more = size - _reserved;
        await budget.AcquireAsync(more, cancellationToken).ConfigureAwait(false);
        _reserved += more;
        Replace(size);
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
