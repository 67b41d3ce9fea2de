namespace StockAspire.KafkaBroker.Storage;

internal sealed partial class PartitionLog
{
    private readonly Lock _flushGate = new();
    private readonly List<Segment> _unflushed = [];
    private readonly List<(long Offset, TaskCompletionSource Done)> _flushWaiters = [];
    private long _flushedOffset;
    private long _flushedBase;
    private long _flushedPosition;
    private bool _flushing;

    /// <summary>
    /// Completes when everything before <paramref name="nextOffset"/> is as durable as the fsync mode promises before an
    /// acknowledgement: at once, except in mode commit, where one fsync serves all that came in while the one before it ran.
    /// Fails with <see cref="IOException"/> when the disk does.
    /// </summary>
    public Task WaitForFlushAsync(long nextOffset)
    {
        if (_fsync != FsyncMode.Commit)
        {
            return Task.CompletedTask;
        }

        TaskCompletionSource done;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (nextOffset <= _flushedOffset)
            {
                return Task.CompletedTask;
            }

            done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _flushWaiters.Add((nextOffset, done));
        }

        StartFlushing();
        return done.Task;
    }

    /// <summary>Brings the log to the disk if anything was written since the last time; for fsync mode interval.</summary>
    public void Flush()
    {
        lock (_flushGate)
        {
            Segment[] files;
            long nextOffset, position;
            lock (_gate)
            {
                if (_closed || (_flushedOffset == NextOffset && _unflushed.Count == 0))
                {
                    return;
                }

                files = [.. _unflushed, Active];
                (nextOffset, position) = (NextOffset, Active.Size);
            }

            foreach (var file in files)
            {
                file.Flush();
            }

            lock (_gate)
            {
                _unflushed.RemoveAll(files.Contains);
                (_flushedOffset, _flushedBase, _flushedPosition) = (nextOffset, files[^1].BaseOffset, position);
            }
        }
    }

    private void StartFlushing()
    {
        lock (_gate)
        {
            if (_flushing || _closed)
            {
                return;
            }

            _flushing = true;
        }

        _ = Task.Run(FlushUntilIdle);
    }

    private void FlushUntilIdle()
    {
        while (true)
        {
            try
            {
                Flush();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or UnauthorizedAccessException)
            {
                BrokerLog.FlushFailed(_logger, Name, e);
                lock (_gate)
                {
                    _flushing = false;
                }

                FailFlushWaiters(e);
                return;
            }

            if (!CompleteFlushed())
            {
                return;
            }
        }
    }

    /// <summary>Wakes producers and readers of what is flushed; false, and the flushing ends, when nothing more waits.</summary>
    private bool CompleteFlushed()
    {
        bool more;
        lock (_gate)
        {
            if (_closed)
            {
                _flushing = false;
                return false;
            }

            foreach (var (offset, done) in _flushWaiters)
            {
                if (offset <= _flushedOffset)
                {
                    done.TrySetResult();
                }
            }

            _flushWaiters.RemoveAll(w => w.Offset <= _flushedOffset);
            more = _flushedOffset < NextOffset;
            _flushing = more;
        }

        SignalReaders();
        return more;
    }

    private void FailFlushWaiters(Exception e)
    {
        lock (_gate)
        {
            foreach (var (_, done) in _flushWaiters)
            {
                done.TrySetException(e);
            }

            _flushWaiters.Clear();
        }
    }
}
