using System.Globalization;
using StockAspire.Feeds;
using StockAspire.Ingest.Publishing;
using StockAspire.Protos.V1;

namespace StockAspire.Ingest.Loads;

/// <summary>A load in this process: its record, its progress, and the way to end it. Thread-safe.</summary>
internal sealed class LoadRun(LoadSpec spec, string path, SourceRecord record, bool again) : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private readonly Lock _lock = new();
    private SourceRecord _record = record;
    private ulong _read;
    private ulong _sealed;
    private ulong _rejected;
    private long _readBytes;
    private long _sizeBytes;

    public LoadSpec Spec => spec;

    public string Source { get; } = record.Source;

    /// <summary>Whether everything is sent again though it is sealed.</summary>
    public bool Again => again;

    /// <summary>As last written; not to be changed.</summary>
    public SourceRecord Record
    {
        get
        {
            lock (_lock)
            {
                return _record;
            }
        }

        set
        {
            lock (_lock)
            {
                _record = value;
            }
        }
    }

    /// <summary>Cancelled by <see cref="Cancel"/>.</summary>
    public CancellationToken Cancelled => _cancel.Token;

    /// <summary>Ends with the load; never fails.</summary>
    public Task Completion { get; set; } = Task.CompletedTask;

    public ulong Accepted => Read(ref _sealed);

    public ulong Rejected => Read(ref _rejected);

    /// <summary>Opens the file, to be read once.</summary>
    /// <exception cref="FeedException">It is not the file with which the load began, or cannot be read.</exception>
    public FeedFile OpenFile()
    {
        var file = FeedFile.Open(path);
        if (HashText(file) is var hash && hash != Record.ContentHash)
        {
            file.Dispose();
            throw new FeedException($"{Record.Path}: expected the file with content hash {Record.ContentHash}, as when the load began, got {hash}.");
        }

        return file;
    }

    /// <summary>As <c>SourceRecord.content_hash</c> has it.</summary>
    public static string HashText(FeedFile file) => (file.ContentHash ?? 0).ToString("x32", CultureInfo.InvariantCulture);

    public void Cancel() => _cancel.Cancel();

    /// <summary>Where a load begins that was going on before.</summary>
    public void Begin(ulong rows, ulong rejected, long sizeBytes)
    {
        lock (_lock)
        {
            (_read, _sealed, _rejected, _sizeBytes) = (rows, rows - rejected, rejected, sizeBytes);
        }
    }

    public void RowsRead(ulong rows, long bytes)
    {
        lock (_lock)
        {
            _read += rows;
            _readBytes = bytes;
        }
    }

    /// <summary>Counts what became dead letters without using up a sequence.</summary>
    public void LeftOut(ulong rows)
    {
        lock (_lock)
        {
            _rejected += rows;
        }
    }

    public void Acknowledge(Acknowledgement acknowledgement)
    {
        lock (_lock)
        {
            foreach (var chunk in acknowledgement.Chunks)
            {
                _sealed += (ulong)(chunk.RowCount - chunk.Refused.Count);
                _rejected += (ulong)chunk.Refused.Count;
            }
        }
    }

    public Load ToLoad()
    {
        lock (_lock)
        {
            return new Load
            {
                Load_ = Source,
                Record = _record,
                RowsRead = _read,
                RowsSealed = _sealed,
                RowsRejected = _rejected,
                SizeBytes = _sizeBytes,
                ReadBytes = _readBytes,
            };
        }
    }

    public void Dispose() => _cancel.Dispose();

    private ulong Read(ref ulong value)
    {
        lock (_lock)
        {
            return value;
        }
    }
}
