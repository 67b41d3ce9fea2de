using Google.Protobuf;
using StockAspire.Feeds;
using StockAspire.Market.Blocks;
using StockAspire.Protos.V1;
using Tick = StockAspire.Market.Tick;
using TickBlock = StockAspire.Market.Blocks.TickBlock;

namespace StockAspire.Cli.Ingest;

/// <summary>
/// Collects rows into frames in the order of their sequences: blocks as full as they may be, and between them the rows
/// that are no ticks. Allocates for each frame, not for each tick. Not thread-safe.
/// </summary>
/// <param name="rowsMax">Rows of a frame at most; a stream's window may be smaller than a block.</param>
internal sealed class FrameBuilder(int rowsMax)
{
    /// <summary>Bytes of one message of rejects: well below the 1 MiB that a server takes, whatever the last row adds.</summary>
    private const int RejectsSizeMax = 256 * 1024;

    /// <summary>What a reject takes beside its row and reason.</summary>
    private const int RejectSize = 64;

    private readonly TickBlockWriter _block = new();
    private readonly int _rowsMax = Math.Clamp(rowsMax, 1, TickBlock.RowsMax);
    private ClientRejects _rejects = new();
    private int _rejectsSize;
    private ulong _first;

    /// <summary>Adds a tick; returns the frame that is full before it, or null.</summary>
    public UploadFrame? Add(in Tick tick, long readBytes)
    {
        var full = _rejects.Rows.Count > 0 || _block.Count == _rowsMax ? Flush(readBytes) : null;
        if (!_block.TryAdd(tick))
        {
            full = Flush(readBytes);
            _block.TryAdd(tick);
        }

        _first = _block.Count == 1 ? tick.Id.Sequence : _first;
        return full;
    }

    /// <summary>Adds a row that is no tick; returns the frame that is full before it, or null.</summary>
    public UploadFrame? Add(RowReject reject, long readBytes)
    {
        var full = _block.Count > 0 || _rejects.Rows.Count == _rowsMax || _rejectsSize + reject.Raw.Length > RejectsSizeMax ? Flush(readBytes) : null;
        var row = new RejectedRow
        {
            Sequence = reject.Sequence,
            Field = reject.Fault.Field,
            Reason = $"expected {reject.Fault.Expected}, got {reject.Fault.Actual}",
            Raw = ByteString.CopyFrom(reject.Raw.Span),
            Line = (ulong)reject.Line,
        };
        _first = _rejects.Rows.Count == 0 ? reject.Sequence : _first;
        _rejects.Rows.Add(row);
        _rejectsSize += reject.Raw.Length + row.Reason.Length + RejectSize;
        return full;
    }

    /// <summary>What was collected, as a frame; null where nothing was.</summary>
    public UploadFrame? Flush(long readBytes)
    {
        UploadFrame? frame = null;
        if (_block.Count > 0)
        {
            var count = _block.Count;
            var bytes = _block.ToArray();
            frame = new UploadFrame { First = _first, RowCount = count, Block = bytes, Size = bytes.Length, ReadBytes = readBytes };
        }
        else if (_rejects.Rows.Count > 0)
        {
            frame = new UploadFrame { First = _first, RowCount = _rejects.Rows.Count, Rejects = _rejects, Size = _rejectsSize, ReadBytes = readBytes };
            _rejects = new ClientRejects();
            _rejectsSize = 0;
        }

        return frame;
    }
}
