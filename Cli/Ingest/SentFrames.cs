namespace StockAspire.Cli.Ingest;

/// <summary>
/// The frames that are on their way: sent, and not acknowledged yet. Bounds them by the server's window and by bytes.
/// Thread-safe: one task sends, another takes acknowledgements.
/// </summary>
internal sealed class SentFrames(TimeProvider time)
{
    /// <summary>Whatever window a server grants, the frames kept for sending again stay below this many bytes.</summary>
    private const long SizeMax = 64 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<UploadFrame> _frames = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _rows;
    private long _size;
    private long _progressAt = time.GetTimestamp();

    /// <summary>Rows at most that may be on their way; from the server's answer to open.</summary>
    public int Window { get; set; } = 1;

    /// <summary>Rows acknowledged as stored or to be stored.</summary>
    public long AcceptedCount { get; private set; }

    public long RejectedCount { get; private set; }

    /// <summary>Bytes of the file whose rows are acknowledged.</summary>
    public long AcknowledgedBytes { get; private set; }

    public ulong AcknowledgedThrough { get; private set; }

    public bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _frames.Count == 0;
            }
        }
    }

    /// <summary>How long something has been on its way without any acknowledgement; 0 where nothing is.</summary>
    public TimeSpan Silence
    {
        get
        {
            lock (_lock)
            {
                return _frames.Count == 0 ? TimeSpan.Zero : time.GetElapsedTime(_progressAt);
            }
        }
    }

    /// <summary>What a new stream has to send again, in order.</summary>
    public UploadFrame[] ToSendAgain()
    {
        lock (_lock)
        {
            return [.. _frames];
        }
    }

    /// <summary>Waits until the frame fits the window, and counts it as on its way. A frame always fits where nothing else is.</summary>
    public async ValueTask AddAsync(UploadFrame frame, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_frames.Count == 0 || (_rows + frame.RowCount <= Window && _size + frame.Size <= SizeMax))
                {
                    _progressAt = _frames.Count == 0 ? time.GetTimestamp() : _progressAt;
                    _frames.Enqueue(frame);
                    _rows += frame.RowCount;
                    _size += frame.Size;
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Everything up to the sequence is done with.</summary>
    public void Acknowledge(ulong through)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            AcknowledgedThrough = Math.Max(AcknowledgedThrough, through);
            _progressAt = time.GetTimestamp();
            while (_frames.TryPeek(out var frame) && frame.Last <= through)
            {
                _frames.Dequeue();
                _rows -= frame.RowCount;
                _size -= frame.Size;
                var rejected = frame.Rejects is null ? frame.RejectedCount : frame.RowCount;
                RejectedCount += rejected;
                AcceptedCount += frame.RowCount - rejected;
                AcknowledgedBytes = frame.ReadBytes;
            }

            (changed, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.SetResult();
    }

    /// <summary>Whether the server rejects a tick of ours, for the first time; what we sent as rejected it only confirms.</summary>
    public bool IsNewReject(ulong sequence)
    {
        lock (_lock)
        {
            foreach (var frame in _frames)
            {
                if (sequence >= frame.First && sequence <= frame.Last)
                {
                    return frame.Rejects is null && frame.AddRejected(sequence);
                }
            }
        }

        return false;
    }
}
