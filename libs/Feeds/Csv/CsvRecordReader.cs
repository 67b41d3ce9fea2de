using System.Text;
using StockAspire.Market;

namespace StockAspire.Feeds.Csv;

internal enum CsvRecordKind
{
    /// <summary>The stream is read.</summary>
    End,

    /// <summary>The fields are there.</summary>
    Record,

    /// <summary>One line is no record: <see cref="CsvRecordReader.Fault"/> says why. The next line is read as usual.</summary>
    Malformed,
}

/// <summary>
/// Splits a byte stream into CSV records (RFC 4180: quotes, doubled quotes, line ends within quotes) with LF or CRLF, with or
/// without a byte order mark; blank lines are passed over. One buffer of fixed size, nothing allocated per record.
/// </summary>
/// <remarks>
/// A record of more than <see cref="RecordSizeMax"/> bytes or <see cref="FieldsMax"/> fields is malformed, and so is a quote
/// where none may be or that is never closed. What is malformed is always the record's first line alone, however long:
/// reading goes on with the next line, so that one stray quote takes no good row with it. Not thread-safe.
/// </remarks>
internal sealed class CsvRecordReader
{
    public const int RecordSizeMax = 64 * 1024;
    public const int FieldsMax = 1024;

    private const int BufferSize = 4 * RecordSizeMax;

    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly CsvField[] _fields = new CsvField[FieldsMax];

    // Where doubled quotes were: their fields with single ones.
    private readonly byte[] _unescaped = new byte[RecordSizeMax];
    private byte[] _raw = [];
    private Stream _stream = Stream.Null;
    private int _start;
    private int _end;
    private bool _streamEnded;
    private long _lineAfter = 1;
    private int _recordStart;
    private int _recordSize;
    private bool _rawIsCopy;

    /// <summary>Bytes taken from the stream and given out as records.</summary>
    public long Position { get; private set; }

    /// <summary>The line, from 1, on which the last record begins.</summary>
    public long Line { get; private set; }

    public int FieldCount { get; private set; }

    public TickFault? Fault { get; private set; }

    /// <summary>The record's bytes without its line end, at most <see cref="RecordSizeMax"/>; valid until the next read.</summary>
    public ReadOnlySpan<byte> Raw => _rawIsCopy ? _raw.AsSpan(0, _recordSize) : _buffer.AsSpan(_recordStart, _recordSize);

    /// <summary>Bytes of a field without its quotes; valid until the next read.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            var field = _fields[index];
            return (field.Unescaped ? _unescaped : _buffer).AsSpan(field.Start, field.Size);
        }
    }

    /// <summary>Begins with another stream; lines count from 1 again, <see cref="Position"/> goes on.</summary>
    public void Begin(Stream stream)
    {
        _stream = stream;
        (_start, _end, _streamEnded, _lineAfter) = (0, 0, false, 1);
        while (_end < Encoding.UTF8.Preamble.Length && Fill())
        {
        }

        if (_buffer.AsSpan(0, _end).StartsWith(Encoding.UTF8.Preamble))
        {
            Consume(Encoding.UTF8.Preamble.Length);
        }
    }

    public CsvRecordKind Read()
    {
        _rawIsCopy = false;
        Fault = null;
        while (true)
        {
            Line = _lineAfter;
            var ahead = _buffer.AsSpan(_start, _end - _start);
            var stop = ahead.IndexOfAny((byte)'\n', (byte)'"');
            if (stop >= 0 && ahead[stop] == '"')
            {
                return ReadQuoted();
            }

            if (stop < 0)
            {
                if (ahead.Length > RecordSizeMax + 1)
                {
                    return Oversized();
                }

                if (!_streamEnded)
                {
                    Fill();
                    continue;
                }

                if (ahead.IsEmpty)
                {
                    return CsvRecordKind.End;
                }
            }

            var size = stop < 0 ? ahead.Length : stop;
            var line = WithoutCarriageReturn(ahead[..size]);
            if (line.Length > RecordSizeMax)
            {
                return Oversized();
            }

            if (!line.IsEmpty && !Split(line))
            {
                return Malformed("row", $"at most {FieldsMax} fields", "more");
            }

            var blank = line.IsEmpty;
            (_recordStart, _recordSize) = (_start, line.Length);
            Consume(stop < 0 ? size : size + 1);
            _lineAfter++;
            if (!blank)
            {
                return CsvRecordKind.Record;
            }
        }
    }

    private static ReadOnlySpan<byte> WithoutCarriageReturn(ReadOnlySpan<byte> line) => line.EndsWith((byte)'\r') ? line[..^1] : line;

    /// <summary>Splits a line that has no quote in it.</summary>
    private bool Split(ReadOnlySpan<byte> line)
    {
        var count = 0;
        var start = _start;
        while (true)
        {
            if (count == FieldsMax)
            {
                return false;
            }

            var comma = line.IndexOf((byte)',');
            if (comma < 0)
            {
                _fields[count++] = new CsvField(start, line.Length, Unescaped: false);
                FieldCount = count;
                return true;
            }

            _fields[count++] = new CsvField(start, comma, Unescaped: false);
            start += comma + 1;
            line = line[(comma + 1)..];
        }
    }

    /// <summary>Reads a record with a quote in its first line; it may take more lines.</summary>
    private CsvRecordKind ReadQuoted()
    {
        while (true)
        {
            // A record beyond the limit, and what would be needed to see its end, is left out of sight.
            var available = _buffer.AsSpan(_start, Math.Min(_end - _start, RecordSizeMax + 2));
            var atLimit = available.Length == RecordSizeMax + 2;
            var parser = new CsvQuotedRecord(available, _start, _fields, _unescaped, final: atLimit || _streamEnded);
            var result = parser.Parse();
            if (result == CsvQuotedResult.NeedMore)
            {
                // Told at the next turn that this is all, the parser decides.
                Fill();
                continue;
            }

            if (result == CsvQuotedResult.Record && parser.RecordSize <= RecordSizeMax)
            {
                FieldCount = parser.FieldCount;
                (_recordStart, _recordSize) = (_start, parser.RecordSize);
                Consume(parser.Consumed);
                _lineAfter += parser.LineCount;
                return CsvRecordKind.Record;
            }

            return result switch
            {
                CsvQuotedResult.TooManyFields => Malformed("row", $"at most {FieldsMax} fields", "more"),
                CsvQuotedResult.TextAfterQuote => Malformed("row", "a comma or the line's end after a closing quote", Shown.Bytes(parser.Culprit)),
                CsvQuotedResult.QuoteInText => Malformed("row", "a quote only around a whole field (doubled within one)", Shown.Bytes(parser.Culprit)),
                _ when atLimit => Malformed("row", $"a record of at most {RecordSizeMax} bytes", "a longer one, or a quote that is never closed"),
                _ => Malformed("row", "a closing quote", "the end of the file"),
            };
        }
    }

    private CsvRecordKind Oversized() => Malformed("row", $"a record of at most {RecordSizeMax} bytes", null);

    /// <summary>Passes over the first line, keeping its beginning.</summary>
    /// <param name="actual">Null for the size of the line.</param>
    private CsvRecordKind Malformed(string field, string expected, string? actual)
    {
        var lineSize = 0L;
        _raw = _raw.Length == 0 ? new byte[RecordSizeMax] : _raw;
        _rawIsCopy = true;
        _recordSize = 0;
        var lastIsCarriageReturn = false;
        while (true)
        {
            var ahead = _buffer.AsSpan(_start, _end - _start);
            var lineEnd = ahead.IndexOf((byte)'\n');
            var part = lineEnd < 0 ? ahead : ahead[..lineEnd];
            var kept = Math.Min(part.Length, _raw.Length - _recordSize);
            part[..kept].CopyTo(_raw.AsSpan(_recordSize));
            _recordSize += kept;
            lineSize += part.Length;
            lastIsCarriageReturn = part.IsEmpty ? lastIsCarriageReturn : part[^1] == '\r';
            Consume(lineEnd < 0 ? part.Length : part.Length + 1);
            if (lineEnd >= 0 || !Fill())
            {
                break;
            }
        }

        _lineAfter++;
        lineSize -= lastIsCarriageReturn ? 1 : 0;
        _recordSize = (int)Math.Min(_recordSize, lineSize);
        FieldCount = 0;
        Fault = new TickFault(field, expected, actual ?? $"{lineSize} bytes");
        return CsvRecordKind.Malformed;
    }

    private void Consume(int size)
    {
        _start += size;
        Position += size;
    }

    /// <summary>Reads on behind what is there; false at the end of the stream. Moves what is there to the buffer's beginning.</summary>
    private bool Fill()
    {
        if (_streamEnded)
        {
            return false;
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var read = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _streamEnded = read == 0;
        return read > 0;
    }
}
