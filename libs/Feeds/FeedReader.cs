using StockAspire.Feeds.Csv;
using StockAspire.Feeds.Mapping;
using StockAspire.Feeds.Rows;
using StockAspire.Market;
using StockAspire.Market.Blocks;

namespace StockAspire.Feeds;

/// <summary>
/// Reads a file's rows in order as ticks and rejects, in batches. Sequences are the numbers of the data rows from 1 on, over
/// all entries of an archive; a row that is no tick uses up its number, blank lines and headers have none. The same bytes and
/// mapping always give the same source, sequences and ticks. Reads synchronously; not thread-safe.
/// </summary>
public sealed class FeedReader : IDisposable
{
    /// <summary>A batch ends when its rejects hold this many bytes, so that a file of huge bad rows stays in bounded memory.</summary>
    private const int RawSizeMax = 1024 * 1024;

    private readonly FeedFile _file;
    private readonly FeedMapping _given;
    private readonly RowPools _pools = new();
    private readonly CsvRecordReader _records = new();
    private RowParser? _parser;
    private Stream? _stream;
    private int _entry = -1;
    private bool _recordIsAhead;
    private CsvRecordKind _ahead;

    private FeedReader(FeedFile file, FeedMapping mapping)
    {
        _file = file;
        _given = mapping;
        Mapping = mapping;
    }

    /// <summary>The mapping with everything recognised filled in; what <see cref="Source"/> is made of.</summary>
    public FeedMapping Mapping { get; private set; }

    /// <summary>Source of the ticks' identities.</summary>
    public string Source { get; private set; } = string.Empty;

    /// <summary>The sequence of the next row.</summary>
    public ulong NextSequence { get; private set; } = 1;

    public ulong TickCount { get; private set; }

    public ulong RejectCount { get; private set; }

    public RowReject? FirstReject { get; private set; }

    /// <summary>The file, as messages call it.</summary>
    public string Name => _file.Name;

    /// <summary>Uncompressed size of all entries, as stated by the file; 0 where unknown.</summary>
    public long SizeBytes => _file.SizeBytes;

    /// <summary>Uncompressed bytes of the rows read so far, and of what stood between them.</summary>
    public long ReadBytes => _records.Position;

    /// <summary>The latest event time accepted, ns since the Unix epoch: now plus the allowed skew. At first, any.</summary>
    public long EventTimeMaxNs { get; set; } = long.MaxValue;

    /// <summary>Opens the first entry, recognises its format and reads its header. The file stays the caller's to dispose.</summary>
    /// <param name="mapping">Null for <see cref="FeedMapping.Auto"/>.</param>
    /// <param name="source">Null for <c>csv:</c> and the hash of file and mapping; has to be given for a stream.</param>
    /// <exception cref="FeedException">The file is empty, its format unknown, a mapped column missing, or it needs a source.</exception>
    public static FeedReader Open(FeedFile file, FeedMapping? mapping = null, string? source = null)
    {
        var reader = new FeedReader(file, mapping ?? FeedMapping.Auto);
        try
        {
            if (!reader.Guarded(static reader => reader.NextEntry()))
            {
                throw FeedException.Empty(file.Name);
            }

            reader.Source = source ?? (file.ContentHash is { } hash
                ? reader.Mapping.SourceOf(hash)
                : throw new FeedException($"{file.Name}: expected a source name for a stream, got none."));
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Fills the batch with the next rows; false, with an empty batch, at the end.</summary>
    /// <param name="rowsMax">At most as many rows; fewer come where the file ends or its bad rows are large.</param>
    /// <exception cref="FeedException">The file cannot be read on, or a further entry of an archive has another format.</exception>
    public bool Read(FeedBatch batch, int rowsMax = TickBlock.RowsMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rowsMax);
        batch.Clear(NextSequence);
        while (batch.RowCount < rowsMax && batch.RawSize < RawSizeMax)
        {
            var kind = NextRecord();
            if (kind == CsvRecordKind.End)
            {
                break;
            }

            ReadRow(batch, kind);
        }

        return batch.RowCount > 0;
    }

    /// <summary>Passes over rows until <see cref="NextSequence"/> is <paramref name="sequence"/> or the file ends, without parsing them.</summary>
    /// <exception cref="FeedException">As <see cref="Read"/>.</exception>
    public void SkipTo(ulong sequence)
    {
        while (NextSequence < sequence && NextRecord() != CsvRecordKind.End)
        {
            NextSequence++;
        }
    }

    /// <summary>To be called at the end of the file: one that held no tick is a failure as a whole.</summary>
    /// <exception cref="FeedException">There was no row, or none was a tick; the message has the first reject.</exception>
    public void ThrowIfNoTick()
    {
        if (TickCount == 0)
        {
            throw FeedException.NoGoodRow(_file.Name, FirstReject);
        }
    }

    public void Dispose() => EndEntry();

    private void ReadRow(FeedBatch batch, CsvRecordKind kind)
    {
        var sequence = NextSequence++;
        Tick tick = default;
        var fault = kind == CsvRecordKind.Malformed
            ? _records.Fault
            : _parser!.Parse(_records, new TickId(Source, sequence), out tick) ?? TickLimits.Check(tick, EventTimeMaxNs);
        if (fault is null)
        {
            TickCount++;
            batch.Add(tick);
            return;
        }

        var reject = new RowReject(sequence, _records.Line, _file.Entries[_entry].Name, fault, _records.Raw.ToArray());
        RejectCount++;
        FirstReject ??= reject;
        batch.Add(reject);
    }

    private CsvRecordKind NextRecord() => Guarded(static reader =>
    {
        while (true)
        {
            if (reader._recordIsAhead)
            {
                reader._recordIsAhead = false;
                return reader._ahead;
            }

            var kind = reader._records.Read();
            if (kind != CsvRecordKind.End || !reader.NextEntry())
            {
                return kind;
            }
        }
    });

    /// <summary>Begins with the next entry that has anything in it; false where there is none.</summary>
    private bool NextEntry()
    {
        while (_entry + 1 < _file.Entries.Count)
        {
            EndEntry();
            _entry++;
            _stream = _file.OpenEntry(_file.Entries[_entry]);
            _records.Begin(_stream);
            var first = _records.Read();
            if (first != CsvRecordKind.End)
            {
                BeginEntry(first);
                return true;
            }
        }

        return false;
    }

    /// <summary>A plain file's stream is the file's own, to be read again by another reader.</summary>
    private void EndEntry()
    {
        if (_entry >= 0 && _file.Entries[_entry].Zip is not null)
        {
            _stream?.Dispose();
        }

        _stream = null;
    }

    private void BeginEntry(CsvRecordKind first)
    {
        var format = FormatRecognition.Recognise(_file, _file.Entries[_entry], _given, _records, first);
        if (_parser is not null && format.Mapping.Format != Mapping.Format)
        {
            throw FeedException.BadHeader(_file.Entries[_entry].Name, $"the format {Mapping.Format} of the entries before", $"{format.Mapping.Format}");
        }

        Mapping = _parser is null ? format.Mapping : Mapping;
        _parser = format.CreateParser(_pools);
        (_recordIsAhead, _ahead) = (!format.HasHeader, first);
    }

    private T Guarded<T>(Func<FeedReader, T> read)
    {
        try
        {
            return read(this);
        }
        catch (Exception reason) when (reason is IOException or InvalidDataException)
        {
            throw FeedException.Unreadable(_file.Name, reason);
        }
    }
}
