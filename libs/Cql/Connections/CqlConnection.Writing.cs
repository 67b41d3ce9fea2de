using StockAspire.Cql.Protocol;
using StockAspire.Cql.Protocol.Requests;

namespace StockAspire.Cql.Connections;

internal sealed partial class CqlConnection
{
    /// <summary>Past this, requests wait for the socket: a node that reads slowly holds its clients back.</summary>
    private const int OutgoingSizeMax = 1024 * 1024;

    /// <summary>A thread's scratch buffer that grew beyond this is let go after use.</summary>
    private const int ScratchSizeMax = 1024 * 1024;

    [ThreadStatic]
    private static GrowingBuffer? _threadFrame;

    [ThreadStatic]
    private static GrowingBuffer? _threadCompressed;

    private readonly GrowingBuffer _segments = new();
    private GrowingBuffer _outgoing = new();
    private GrowingBuffer _sending = new();
    private TaskCompletionSource? _roomToSend;
    private long _givenPosition;
    private long _takenPosition;
    private bool _isWriting;

    private async ValueTask RoomToSendAsync(long deadline, CancellationToken cancel)
    {
        while (true)
        {
            Task room;
            lock (_gate)
            {
                if (_outgoing.Size < OutgoingSizeMax || _failure is not null)
                    return;
                _roomToSend ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                room = _roomToSend.Task;
            }

            try
            {
                await room.WaitAsync(Until(deadline), _settings.Time, cancel);
            }
            catch (TimeoutException)
            {
                throw new CqlTimeoutException($"{Endpoint} did not take what is sent to it in time; nothing of this request was sent.");
            }
        }
    }

    /// <summary>Writes the frame beside the lock, and copies it into what is sent next under it.</summary>
    private PendingRequest Enqueue<T>(T request, RequestFlags flags, long deadline, bool isHeartbeat = false)
        where T : IRequest
    {
        var frame = Encode(request, flags, out var frameFlags);
        var pending = new PendingRequest(request.Opcode, deadline) { IsHeartbeat = isHeartbeat };
        lock (_gate)
        {
            if (_failure is not null)
                throw new CqlConnectionException(_failure.Message, _failure, wasSent: false) { Host = Endpoint };

            var id = _streams.Add(pending);
            new FrameHeader(Version, IsResponse: false, frameFlags, id, request.Opcode, frame.Size - FrameHeader.Size).Write(frame.At(0, FrameHeader.Size));
            _outgoing.WriteRaw(frame.Written);
            _givenPosition += frame.Size;
            pending.EndPosition = _givenPosition;
            if (!_isWriting)
            {
                _isWriting = true;
                ThreadPool.UnsafeQueueUserWorkItem(static connection => _ = connection.WriteAsync(), this, preferLocal: false);
            }
        }

        if (frame.Size > ScratchSizeMax)
        {
            _threadFrame?.Dispose();
            _threadCompressed?.Dispose();
            _threadFrame = _threadCompressed = null;
        }

        return pending;
    }

    private GrowingBuffer Encode<T>(T request, RequestFlags flags, out FrameFlags frameFlags)
        where T : IRequest
    {
        var frame = _threadFrame ??= new GrowingBuffer(64 * 1024);
        frame.Clear();
        frame.Take(FrameHeader.Size);
        frameFlags = (flags.IsTraced ? FrameFlags.Tracing : 0) | (flags.CustomPayload is null ? 0 : FrameFlags.CustomPayload);
        if (flags.CustomPayload is not null)
            frame.WriteBytesMap(flags.CustomPayload);
        request.Write(frame, Version);
        if (!_isCompressing || _isSegmented || frame.Size - FrameHeader.Size < Lz4.CompressSizeMin)
            return frame;

        var compressed = _threadCompressed ??= new GrowingBuffer(64 * 1024);
        compressed.Clear();
        compressed.Take(FrameHeader.Size);
        if (!Lz4.TryCompressBody(frame.Written[FrameHeader.Size..], compressed))
            return frame;

        frameFlags |= FrameFlags.Compressed;
        return compressed;
    }

    /// <summary>Sends until there is nothing more. At most one of these runs.</summary>
    private async Task WriteAsync()
    {
        try
        {
            while (TryTakeOutgoing())
            {
                var bytes = _sending;
                if (_isSegmented)
                {
                    _segments.Clear();
                    SegmentWriter.Write(_sending.Written, _isCompressing, _segments);
                    bytes = _segments;
                }

                await _stream.WriteAsync(bytes.WrittenMemory, _closing.Token);
                _sending.Clear();
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException or System.Net.Sockets.SocketException)
        {
            Fail(new CqlConnectionException($"The connection to {Endpoint} was lost while sending: {exception.Message}", exception));
        }
    }

    private bool TryTakeOutgoing()
    {
        lock (_gate)
        {
            if (_outgoing.Size == 0 || _failure is not null)
            {
                _isWriting = false;
                return false;
            }

            (_outgoing, _sending) = (_sending, _outgoing);
            _takenPosition = _givenPosition;
            _roomToSend?.TrySetResult();
            _roomToSend = null;
            return true;
        }
    }
}
