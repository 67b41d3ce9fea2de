using System.Buffers;
using Microsoft.Win32.SafeHandles;
using StockAspire.KafkaBroker.Storage;

namespace StockAspire.KafkaBroker.Groups;

// The file of the groups. What an append that failed may have left of itself is cut off again, before anything else is written:
// under fsync mode commit that also undoes what a failed fsync leaves in doubt, since the clients of it are told to try again.
internal sealed partial class GroupStore
{
    /// <summary>The file is rewritten once it has grown to this and to four times what it was after the last time.</summary>
    private const long RewriteSizeMin = 1 << 20;

    private readonly string _path;
    private readonly FsyncMode _fsync;
    private SafeFileHandle _file;
    private long _size;
    private long _rewriteSize = RewriteSizeMin;
    private long _flushedSize;
    private bool _hasTail;
    private bool _mustRewrite;

    /// <summary>fsync of the file; tests put one here that fails, as only a broken disk does otherwise.</summary>
    internal Action<SafeFileHandle> FlushFile { get; set; } = RandomAccess.FlushToDisk;

    /// <summary>Brings to the disk what came since the last time; for fsync mode interval.</summary>
    /// <exception cref="IOException">The disk failed; the next time the whole file is written anew.</exception>
    public void Flush()
    {
        lock (_gate)
        {
            if (_file.IsClosed || (_flushedSize == _size && !_mustRewrite))
            {
                return;
            }

            if (_mustRewrite)
            {
                Rewrite();
                return;
            }

            FlushTo(_size);
        }
    }

    private void Append(IReadOnlyCollection<GroupEntry> entries, bool flush = false)
    {
        if (entries.Count == 0)
        {
            return;
        }

        if (_mustRewrite)
        {
            Rewrite();
        }

        CutTail();
        var bytes = Bytes(entries);
        _hasTail = true;
        try
        {
            RandomAccess.Write(_file, bytes, _size);
            if (_fsync == FsyncMode.Commit || (flush && _fsync == FsyncMode.Interval))
            {
                FlushTo(_size + bytes.Length);
            }

            _hasTail = false;
        }
        catch (IOException)
        {
            TryCutTail();
            throw;
        }

        _size += bytes.Length;
        foreach (var entry in entries)
        {
            Apply(entry);
        }

        if (_size > _rewriteSize)
        {
            TryRewrite();
        }
    }

    /// <summary>Appends what is true whether the disk takes it or not.</summary>
    private void AppendNowOrLater(IReadOnlyCollection<GroupEntry> entries)
    {
        try
        {
            Append(entries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            BrokerLog.GroupsNotWritten(_logger, _path, e);
            foreach (var entry in entries)
            {
                Apply(entry);
            }

            _mustRewrite = true;
        }
    }

    private void FlushTo(long size)
    {
        try
        {
            FlushFile(_file);
            _flushedSize = size;
        }
        catch (IOException)
        {
            // The system may take what it failed to write for written; only a new file is beyond doubt.
            _mustRewrite = true;
            throw;
        }
    }

    private void CutTail()
    {
        if (_hasTail)
        {
            RandomAccess.SetLength(_file, _size);
            _hasTail = false;
        }
    }

    private void TryCutTail()
    {
        try
        {
            CutTail();
        }
        catch (IOException)
        {
            // The next append tries again before it writes.
        }
    }

    private void TryRewrite()
    {
        try
        {
            Rewrite();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The old file is as good, only longer: not again before it has doubled.
            BrokerLog.GroupsNotWritten(_logger, _path, e);
            _rewriteSize = 2 * _size;
        }
    }

    private void Rewrite()
    {
        var bytes = Bytes(_groups.SelectMany(g => g.Value.Entries(g.Key)));
        AtomicFile.Write(_path, bytes, durable: true);
        var old = _file;
        _file = OpenFile();
        old.Dispose();
        _size = _flushedSize = bytes.Length;
        _rewriteSize = Math.Max(RewriteSizeMin, 4 * _size);
        (_mustRewrite, _hasTail) = (false, false);
    }

    private void Load()
    {
        var bytes = new byte[RandomAccess.GetLength(_file)];
        _ = RandomAccess.Read(_file, bytes, 0);
        GroupEntry.ReadAll(bytes, out var sound).ForEach(Apply);
        _size = sound;
        if (sound < bytes.Length)
        {
            BrokerLog.GroupsCut(_logger, _path, bytes.Length - sound);
            RandomAccess.SetLength(_file, sound);
        }
    }

    private static ReadOnlySpan<byte> Bytes(IEnumerable<GroupEntry> entries)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var entry in entries)
        {
            entry.Write(bytes);
        }

        return bytes.WrittenSpan;
    }

    private SafeFileHandle OpenFile() => File.OpenHandle(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
}
