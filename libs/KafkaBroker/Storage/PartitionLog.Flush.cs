namespace StockAspire.KafkaBroker.Storage;

// A failed fsync. Linux marks pages clean whose writing failed, so a second fsync succeeds without having written them: one must
// not simply try again. What was flushed before is safe. What came after it is still in memory as a rule, but in doubt:
//
// - Under commit, none of it was acknowledged or read by anybody. It is cut off, its producers are told error 56 and send it
//   again, and that makes the pages dirty anew. Offsets are given out a second time; CutCount keeps an answer that is still on
//   its way from taking the new batch at its offset for its own.
// - Under interval it was acknowledged and may have been read. It is written again in place, before the next fsync, which makes
//   the same pages dirty; until that succeeds a power loss may take it, and the log says so.
internal sealed partial class PartitionLog
{
    private readonly Lock _flushGate = new();
    private readonly List<Segment> _unflushed = []; // sealed since the last flush
    private readonly List<(long Offset, TaskCompletionSource Done)> _flushWaiters = [];
    private long _flushedBase; // the segment in which the flushed part ends,
    private SegmentSummary _flushed; // and that segment as it was then
    private bool _flushing;
    private bool _mustFlushNames;
    private bool _mustRewrite;
    private bool _mustCut;
    private int _cutCount;

    /// <summary>
    /// Completes when an append is as durable as the fsync mode promises before an acknowledgement: at once, except in mode
    /// commit, where one fsync serves all that came in while the one before it ran.
    /// Fails with <see cref="IOException"/> when the disk does: then the append is undone.
    /// </summary>
    public Task WaitForFlushAsync(in AppendResult append)
    {
        if (_fsync != FsyncMode.Commit)
        {
            return Task.CompletedTask;
        }

        TaskCompletionSource done;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (append.CutCount != _cutCount)
            {
                return Task.FromException(new IOException($"{Name} was cut back to what is flushed, since flushing the rest failed."));
            }

            if (append.NextOffset <= _flushed.NextOffset)
            {
                return Task.CompletedTask;
            }

            done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _flushWaiters.Add((append.NextOffset, done));
        }

        StartFlushing();
        return done.Task;
    }

    /// <summary>Brings the log to the disk if anything was written since the last time.</summary>
    /// <exception cref="IOException">The disk failed. What follows from it is done here.</exception>
    public void Flush()
    {
        lock (_flushGate)
        {
            Segment[] files;
            SegmentSummary active;
            bool withNames, again;
            lock (_gate)
            {
                if (_closed || (_flushed.NextOffset == NextOffset && _unflushed.Count == 0))
                {
                    return;
                }

                files = [.. _unflushed, Active];
                (active, withNames, again) = (Active.Summary, _mustFlushNames, _mustRewrite);
            }

            try
            {
                FlushFiles(files, withNames, again);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _flushFailed = true;
                FlushFailed(e);
                throw;
            }

            _flushFailed = false;

            lock (_gate)
            {
                foreach (var file in files[..^1].Where(_unflushed.Remove))
                {
                    TrySaveIndex(file, flushed: true);
                    file.Seal();
                }

                (_flushedBase, _flushed) = (files[^1].BaseOffset, active);
                _mustFlushNames &= !withNames || _segments[^1] != files[^1];
                _mustRewrite &= !again;
            }
        }
    }

    private void FlushFiles(Segment[] files, bool withNames, bool again)
    {
        foreach (var file in files)
        {
            if (again)
            {
                file.Rewrite(file.BaseOffset == _flushedBase ? _flushed.Size : 0);
            }

            file.Flush(_broker.FlushFile);
        }

        if (withNames)
        {
            FolderFlush.Flush(_directory);
        }
    }

    private void FlushFailed(Exception e)
    {
        BrokerLog.FlushFailed(_broker.Logger, Name, e);
        lock (_gate)
        {
            if (_fsync != FsyncMode.Commit)
            {
                _mustRewrite = true;
                return;
            }

            (_mustCut, _cutCount) = (true, _cutCount + 1);
            try
            {
                CutUnflushed();
            }
            catch (Exception cut) when (cut is IOException or UnauthorizedAccessException)
            {
                // The next append tries again before it writes; until then there is none.
                BrokerLog.FlushFailed(_broker.Logger, Name, cut);
            }

            FailFlushWaiters(e);
        }
    }

    /// <summary>Goes back to the log as it was at the last successful flush; when that throws, it can be called again.</summary>
    private void CutUnflushed()
    {
        while (Active.BaseOffset > _flushedBase)
        {
            Active.Delete();
            _unflushed.Remove(Active);
            _segments.RemoveAt(_segments.Count - 1);
        }

        _unflushed.Remove(Active);
        Active.CutTo(_flushed);
        RecoverProducers();
        (_mustCut, _mustFlushNames) = (false, true);
    }

    private bool TryFlush()
    {
        try
        {
            Flush();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return false;
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
            // Where it fails, it has told those who waited; who came since, wrote again and waits for the next round.
            _ = TryFlush();
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
                if (offset <= _flushed.NextOffset)
                {
                    done.TrySetResult();
                }
            }

            _flushWaiters.RemoveAll(w => w.Offset <= _flushed.NextOffset);
            more = _flushed.NextOffset < NextOffset && !_mustCut;
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
