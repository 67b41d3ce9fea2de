using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace StockAspire.KafkaBroker.Storage;

/// <summary>Size in bytes, next offset and greatest timestamp (ms since the Unix epoch, -1 for none) of a segment.</summary>
internal readonly record struct SegmentSummary(long Size, long NextOffset, long MaxTimestamp);

/// <summary>Which index a start takes at its word about the segment, instead of reading and checking the segment itself.</summary>
internal enum IndexTrust
{
    /// <summary>None: the segment may be longer, or shorter, than anything that was written about it.</summary>
    None,

    /// <summary>One that was written once the segment was on the disk: not even a power loss has changed it since.</summary>
    Flushed,

    /// <summary>Any: at worst the process was killed, and the system has kept what it wrote.</summary>
    Any,
}

/// <summary>
/// One file of raw record batches, named after the first offset it may hold. The partition's lock guards appends and, while the
/// segment is active, its index; reads of what was appended need no lock. File and index are opened at first use; once the
/// segment is sealed, the cache may close them again. Positions fit an int32: a segment ends before 2 GiB.
/// </summary>
internal sealed class Segment : IDisposable
{
    public const string Extension = ".log";

    private readonly Lock _openGate = new();
    private readonly SegmentCache _cache;
    private volatile Opened? _opened;
    private volatile bool _removed;
    private volatile bool _sealed;
    private SegmentSummary _summary;
    private bool _hasTail;
    private long? _firstTimestamp;

    private Segment(string path, long baseOffset, SegmentCache cache, SegmentSummary summary, Opened? opened)
    {
        Path = path;
        BaseOffset = baseOffset;
        _cache = cache;
        _summary = summary;
        _opened = opened;
    }

    private sealed record Opened(SafeFileHandle File, SegmentIndex Index);

    public string Path { get; }

    public long BaseOffset { get; }

    public SegmentSummary Summary => _summary;

    /// <summary>Whether the index file tells that all of the segment is on the disk.</summary>
    public bool IsFlushed { get; private set; }

    /// <summary>Bytes of whole batches; what a failed write left behind them does not count.</summary>
    public long Size => _summary.Size;

    public long NextOffset => _summary.NextOffset;

    /// <summary>Greatest timestamp of the segment, ms since the Unix epoch; -1 while there is none.</summary>
    public long MaxTimestamp => _summary.MaxTimestamp;

    /// <summary>Timestamp of the first batch, ms since the Unix epoch, from which roll by time counts; -1 while there is none.</summary>
    public long FirstTimestamp => Size == 0 ? -1 : _firstTimestamp ??= ReadFirstTimestamp();

    private string IndexPath => IndexPathOf(Path);

    public static string FileName(long baseOffset) => baseOffset.ToString("D20", CultureInfo.InvariantCulture) + Extension;

    /// <summary>Makes an empty segment; a file of this name can only be the rest of a creation that failed, and is overwritten.</summary>
    public static Segment Create(string directory, long baseOffset, SegmentCache cache)
    {
        var path = System.IO.Path.Combine(directory, FileName(baseOffset));
        return new Segment(path, baseOffset, cache, new SegmentSummary(0, baseOffset, -1), new Opened(OpenFile(path, FileMode.Create), new SegmentIndex()));
    }

    /// <summary>
    /// Opens a segment. The head of a trusted index file is believed if it tells the file's exact size; otherwise, or where it does
    /// not, every batch is read and checked, and the file is cut at the first bad length, checksum or offset. Only what compaction wrote, never the active segment, has gaps between its offsets (<paramref name="mayHaveGaps"/>).
    /// </summary>
    public static Segment Open(string path, SegmentCache cache, IndexTrust trust, bool mayHaveGaps, out long cutSize)
    {
        cutSize = 0;
        var baseOffset = long.Parse(System.IO.Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture);
        var size = new FileInfo(path).Length;
        if (trust != IndexTrust.None
            && SegmentIndex.ReadSummary(IndexPathOf(path), size, out var flushed) is { } saved
            && (flushed || trust == IndexTrust.Any))
        {
            return new Segment(path, baseOffset, cache, saved, null) { IsFlushed = flushed };
        }

        using var file = OpenFile(path, FileMode.Open);
        var index = new SegmentIndex();
        var summary = new SegmentSummary(0, baseOffset, -1);
        foreach (var header in SegmentScanner.Scan(file, baseOffset, size, mayHaveGaps))
        {
            summary = Count(summary, header, baseOffset, index);
        }

        if (summary.Size < size)
        {
            cutSize = size - summary.Size;
            RandomAccess.SetLength(file, summary.Size);
        }

        var segment = new Segment(path, baseOffset, cache, summary, null);
        segment.TrySave(index, flushed: false);
        return segment;
    }

    /// <summary>Takes over a sealed segment that was written, and flushed, by other means.</summary>
    public static Segment Adopt(string path, SegmentCache cache, in SegmentSummary summary, SegmentIndex index)
    {
        var baseOffset = long.Parse(System.IO.Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture);
        var segment = new Segment(path, baseOffset, cache, summary, null);
        segment.TrySave(index, flushed: true);
        segment.Seal();
        return segment;
    }

    /// <summary>Takes account of one more batch, in the summary that is returned and in the index.</summary>
    public static SegmentSummary Count(in SegmentSummary summary, in BatchHeader header, long baseOffset, SegmentIndex index)
    {
        index.Add((int)(header.BaseOffset - baseOffset), summary.Size, summary.MaxTimestamp);
        return new SegmentSummary(summary.Size + header.TotalSize, header.NextOffset, Math.Max(summary.MaxTimestamp, header.MaxTimestamp));
    }

    public IEnumerable<BatchHeader> Scan() => SegmentScanner.Scan(Use().File, BaseOffset, Size, mayHaveGaps: true);

    /// <summary>
    /// Writes one batch at the end. When that throws, for want of space or otherwise, the segment is as it was: what the failed
    /// write left is cut off at once, or if that fails too, before the next one.
    /// </summary>
    public void Append(ReadOnlySpan<byte> batch, in BatchHeader header)
    {
        CutTail();
        _hasTail = true;
        try
        {
            RandomAccess.Write(Use().File, batch, Size);
            _hasTail = false;
        }
        catch (IOException)
        {
            TryCutTail();
            throw;
        }

        _summary = Count(_summary, header, BaseOffset, Use().Index);
    }

    /// <summary>Goes back to an earlier state of this segment; throws if the file cannot be cut, and can then be called again.</summary>
    public void CutTo(in SegmentSummary summary)
    {
        Use().Index.CutAt(summary.Size);
        (_summary, _firstTimestamp, _hasTail) = (summary, null, true);
        CutTail();
    }

    /// <summary>
    /// Writes what lies behind <paramref name="position"/> once more, in place, so that the system takes it for unwritten: after a
    /// failed fsync it may believe that these bytes are on the disk.
    /// </summary>
    public void Rewrite(long position)
    {
        const int chunkSize = 1 << 20;
        var chunk = new byte[Math.Min(chunkSize, Size - position)];
        for (var end = Size; position < end;)
        {
            var read = Read(chunk.AsSpan(0, (int)Math.Min(chunk.Length, end - position)), position);
            if (read == 0)
            {
                return;
            }

            RandomAccess.Write(Use().File, chunk.AsSpan(0, read), position);
            position += read;
        }
    }

    /// <summary>Position of a batch at or before the offset; the reader walks on from there.</summary>
    public int FindOffset(long offset) => Use().Index.FindOffset(offset - BaseOffset);

    public int FindTimestamp(long timestamp) => Use().Index.FindTimestamp(timestamp);

    /// <exception cref="ObjectDisposedException">The segment was removed from its log.</exception>
    public int Read(Span<byte> destination, long position)
    {
        while (true)
        {
            try
            {
                return RandomAccess.Read(Use().File, destination, position);
            }
            catch (ObjectDisposedException) when (!_removed)
            {
                // The cache closed it in between; it opens again.
            }
        }
    }

    /// <summary>Removes a segment's index file, before another content takes the segment's name.</summary>
    public static void DropIndex(string path) => File.Delete(IndexPathOf(path));

    /// <summary>Flushes the file to the disk (fsync). A segment that retention has just removed has nothing left to flush.</summary>
    public void Flush(Action<SafeFileHandle> flush)
    {
        try
        {
            flush(Use().File);
        }
        catch (ObjectDisposedException)
        {
            // Only removed segments are closed before they are flushed.
        }
    }

    /// <summary>Writes the index file, after the last append; as flushed only once that is true of all that was appended.</summary>
    public void SaveIndex(bool flushed)
    {
        Use().Index.Save(IndexPath, _summary, flushed);
        IsFlushed = flushed;
    }

    /// <summary>Says that nothing is appended any more and all is flushed that shall be: from now on the cache may close the files.</summary>
    public void Seal()
    {
        _sealed = true;
        if (_opened is { } opened)
        {
            _cache.Use(this, opened.Index.Size);
        }
    }

    /// <summary>Closes file and index; the next use opens them again.</summary>
    public void Close() => Interlocked.Exchange(ref _opened, null)?.File.Dispose();

    public void Dispose()
    {
        lock (_openGate)
        {
            _removed = true;
            Close();
        }

        _cache.Remove(this);
    }

    /// <summary>Closes and removes the segment with its index; reads that are under way end with <see cref="ObjectDisposedException"/>.</summary>
    public void Delete()
    {
        Dispose();
        File.Delete(Path);
        File.Delete(IndexPath);
    }

    private static string IndexPathOf(string path) => System.IO.Path.ChangeExtension(path, ".index");

    private static SafeFileHandle OpenFile(string path, FileMode mode) =>
        File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    private Opened Use()
    {
        var opened = _opened ?? Open();
        if (_sealed)
        {
            _cache.Use(this, opened.Index.Size);
        }

        return opened;
    }

    private Opened Open()
    {
        lock (_openGate)
        {
            ObjectDisposedException.ThrowIf(_removed, this);
            if (_opened is { } opened)
            {
                return opened;
            }

            var file = OpenFile(Path, FileMode.Open);
            try
            {
                return _opened = new Opened(file, SegmentIndex.Load(IndexPath, _summary) ?? RebuildIndex(file));
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
    }

    /// <summary>Makes the index anew where its file is damaged or could not be written.</summary>
    private SegmentIndex RebuildIndex(SafeFileHandle file)
    {
        var index = new SegmentIndex();
        var summary = new SegmentSummary(0, BaseOffset, -1);
        foreach (var header in SegmentScanner.Scan(file, BaseOffset, Size, mayHaveGaps: true))
        {
            summary = Count(summary, header, BaseOffset, index);
        }

        TrySave(index, IsFlushed);
        return index;
    }

    private void TrySave(SegmentIndex index, bool flushed)
    {
        IsFlushed = flushed;
        try
        {
            index.Save(IndexPath, _summary, flushed);
        }
        catch (IOException)
        {
            // Whoever opens this segment next makes it again.
        }
    }

    private void CutTail()
    {
        if (_hasTail)
        {
            RandomAccess.SetLength(Use().File, Size);
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
            // The next append tries again before it writes; a crash before that is what recovery is for.
        }
    }

    private long ReadFirstTimestamp()
    {
        Span<byte> header = stackalloc byte[BatchHeader.Size];
        return Read(header, 0) == BatchHeader.Size ? BatchHeader.Read(header).MaxTimestamp : -1;
    }
}
