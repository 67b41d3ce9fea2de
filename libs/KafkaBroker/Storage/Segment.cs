using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace StockAspire.KafkaBroker.Storage;

/// <summary>
/// One file of raw record batches, named after the first offset it may hold. The partition's lock guards appends and the index;
/// reads of what was appended need no lock. Positions fit an int32: a segment ends before 2 GiB.
/// </summary>
internal sealed class Segment : IDisposable
{
    public const string Extension = ".log";

    private readonly SafeFileHandle _handle;
    private readonly SegmentIndex _index;

    private Segment(string path, long baseOffset, SafeFileHandle handle, SegmentIndex index, long size, long nextOffset, long maxTimestamp)
    {
        Path = path;
        BaseOffset = baseOffset;
        _handle = handle;
        _index = index;
        Size = size;
        NextOffset = nextOffset;
        MaxTimestamp = maxTimestamp;
    }

    public string Path { get; }

    public long BaseOffset { get; }

    /// <summary>Bytes of whole batches; what a failed write left behind them does not count and is overwritten.</summary>
    public long Size { get; private set; }

    public long NextOffset { get; private set; }

    /// <summary>Greatest timestamp of the segment, ms since the Unix epoch; -1 while it is empty.</summary>
    public long MaxTimestamp { get; private set; }

    /// <summary>When its first batch came in, ms since the Unix epoch by the broker's clock; for roll by time. 0 while unknown.</summary>
    public long FirstAppendMs { get; set; }

    private string IndexPath => System.IO.Path.ChangeExtension(Path, ".index");

    public static string FileName(long baseOffset) => baseOffset.ToString("D20", CultureInfo.InvariantCulture) + Extension;

    public static Segment Create(string directory, long baseOffset)
    {
        var path = System.IO.Path.Combine(directory, FileName(baseOffset));
        return new Segment(path, baseOffset, OpenFile(path, FileMode.Create), new SegmentIndex(), 0, baseOffset, -1);
    }

    /// <summary>
    /// Opens a segment. With <paramref name="trusted"/> its index file is believed if it covers the file exactly; otherwise, or
    /// where it does not, every batch is read and checked, and the file is cut at the first bad length, checksum or offset.
    /// Only what compaction wrote, never the active segment, has gaps between its offsets (<paramref name="mayHaveGaps"/>).
    /// </summary>
    public static Segment Open(string path, bool trusted, bool mayHaveGaps, out long cutSize)
    {
        cutSize = 0;
        var baseOffset = long.Parse(System.IO.Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture);
        var handle = OpenFile(path, FileMode.Open);
        var size = RandomAccess.GetLength(handle);
        if (trusted && SegmentIndex.Load(System.IO.Path.ChangeExtension(path, ".index"), size) is { } saved)
        {
            return new Segment(path, baseOffset, handle, saved.Index, size, saved.NextOffset, saved.MaxTimestamp);
        }

        var segment = new Segment(path, baseOffset, handle, new SegmentIndex(), 0, baseOffset, -1);
        foreach (var header in SegmentScanner.Scan(handle, baseOffset, size, mayHaveGaps))
        {
            segment.Count(header);
        }

        if (segment.Size < size)
        {
            cutSize = size - segment.Size;
            RandomAccess.SetLength(handle, segment.Size);
        }

        return segment;
    }

    public IEnumerable<BatchHeader> Scan() => SegmentScanner.Scan(_handle, BaseOffset, Size, mayHaveGaps: true);

    /// <summary>Writes one batch at the end; when that throws, the segment is as it was.</summary>
    public void Append(ReadOnlySpan<byte> batch, in BatchHeader header)
    {
        RandomAccess.Write(_handle, batch, Size);
        Count(header);
    }

    /// <summary>Position of a batch at or before the offset; the reader walks on from there.</summary>
    public int FindOffset(long offset) => _index.FindOffset(offset - BaseOffset);

    public int FindTimestamp(long timestamp) => _index.FindTimestamp(timestamp);

    public int Read(Span<byte> destination, long position) => RandomAccess.Read(_handle, destination, position);

    /// <summary>Flushes the file to the disk (fsync). A segment that retention has just removed has nothing left to flush.</summary>
    public void Flush()
    {
        try
        {
            RandomAccess.FlushToDisk(_handle);
        }
        catch (ObjectDisposedException)
        {
            // Only removed segments are closed while their log is open.
        }
    }

    /// <summary>Removes the index file, before another content takes this segment's name.</summary>
    public void DropIndex() => File.Delete(IndexPath);

    public void SaveIndex() => _index.Save(IndexPath, Size, NextOffset, MaxTimestamp);

    public void Dispose() => _handle.Dispose();

    /// <summary>Closes and removes the segment with its index; reads that are under way end with <see cref="ObjectDisposedException"/>.</summary>
    public void Delete()
    {
        _handle.Dispose();
        File.Delete(Path);
        File.Delete(IndexPath);
    }

    private static SafeFileHandle OpenFile(string path, FileMode mode) =>
        File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    private void Count(in BatchHeader header)
    {
        _index.Add((int)(header.BaseOffset - BaseOffset), Size, MaxTimestamp);
        Size += header.TotalSize;
        NextOffset = header.NextOffset;
        MaxTimestamp = Math.Max(MaxTimestamp, header.MaxTimestamp);
    }
}
