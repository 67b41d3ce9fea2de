namespace StockAspire.KafkaBroker.Storage;

internal sealed partial class PartitionLog
{
    private readonly Lock flushGate = new();
    private readonly List<Segment> unflushed = [];
    private readonly List<(long Offset, TaskCompletionSource Done)> flushWaiters = [];
    private long flushedOffset;
    private long flushedBase;
    private long flushedPosition;
    private bool flushing;

    /// <summary>
    /// Completes when everything before <paramref name="nextOffset"/> is as durable as the fsync mode promises before an
    /// acknowledgement: at once, except in mode commit, where one fsync serves all that came in while the one before it ran.
    /// Fails with <see cref="IOException"/> when the disk does.
    /// </summary>
    public Task WaitForFlushAsync(long nextOffset)
    {
        if (fsync != FsyncMode.Commit)
        {
            return Task.CompletedTask;
        }

        TaskCompletionSource done;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            if (nextOffset <= flushedOffset)
            {
                return Task.CompletedTask;
            }

            done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            flushWaiters.Add((nextOffset, done));
        }

        StartFlushing();
        return done.Task;
    }

    /// <summary>Brings the log to the disk if anything was written since the last time; for fsync mode interval.</summary>
    public void Flush()
    {
        lock (flushGate)
        {
            Segment[] files;
            long nextOffset, position;
            lock (gate)
            {
                if (closed || (flushedOffset == NextOffset && unflushed.Count == 0))
                {
                    return;
                }

                files = [.. unflushed, Active];
                (nextOffset, position) = (NextOffset, Active.Size);
            }

            foreach (var file in files)
            {
                file.Flush();
            }

            lock (gate)
            {
                unflushed.RemoveAll(files.Contains);
                (flushedOffset, flushedBase, flushedPosition) = (nextOffset, files[^1].BaseOffset, position);
            }
        }
    }

    private void StartFlushing()
    {
        lock (gate)
        {
            if (flushing || closed)
            {
                return;
            }

            flushing = true;
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
                BrokerLog.FlushFailed(logger, Name, e);
                lock (gate)
                {
                    flushing = false;
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
        lock (gate)
        {
            if (closed)
            {
                flushing = false;
                return false;
            }

            foreach (var (offset, done) in flushWaiters)
            {
                if (offset <= flushedOffset)
                {
                    done.TrySetResult();
                }
            }

            flushWaiters.RemoveAll(w => w.Offset <= flushedOffset);
            more = flushedOffset < NextOffset;
            flushing = more;
        }

        SignalReaders();
        return more;
    }

    private void FailFlushWaiters(Exception e)
    {
        lock (gate)
        {
            foreach (var (_, done) in flushWaiters)
            {
                done.TrySetException(e);
            }

            flushWaiters.Clear();
        }
    }
}
