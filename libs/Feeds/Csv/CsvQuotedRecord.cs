namespace StockAspire.Feeds.Csv;

internal enum CsvQuotedResult
{
    Record,
    NeedMore,
    Unclosed,
    TextAfterQuote,
    QuoteInText,
    TooManyFields,
}

/// <summary>Parses one record with quotes (RFC 4180, section 2, rules 5 to 7) from bytes that may end before it does.</summary>
/// <param name="offset">What to add to positions in <paramref name="bytes"/> to get those of the reader's buffer.</param>
/// <param name="final">Whether no more bytes can come.</param>
internal ref struct CsvQuotedRecord(ReadOnlySpan<byte> bytes, int offset, CsvField[] fields, byte[] unescaped, bool final)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;
    private int _unescapedSize;

    public int FieldCount { get; private set; }

    /// <summary>Without the line end.</summary>
    public int RecordSize { get; private set; }

    /// <summary>With the line end.</summary>
    public int Consumed { get; private set; }

    public int LineCount { get; private set; }

    /// <summary>What stands where it may not.</summary>
    public ReadOnlySpan<byte> Culprit { get; private set; }

    public CsvQuotedResult Parse()
    {
        while (true)
        {
            if (FieldCount == fields.Length)
            {
                return CsvQuotedResult.TooManyFields;
            }

            if (_position == _bytes.Length && !final)
            {
                return CsvQuotedResult.NeedMore;
            }

            var result = _position < _bytes.Length && _bytes[_position] == '"' ? QuotedField() : PlainField();
            if (result != CsvQuotedResult.Record)
            {
                return result;
            }

            FieldCount++;
            if (_position < _bytes.Length && _bytes[_position] == ',')
            {
                _position++;
                continue;
            }

            return EndRecord();
        }
    }

    /// <summary>Leaves the position at the comma, the line end, or the end of the bytes.</summary>
    private CsvQuotedResult PlainField()
    {
        var rest = _bytes[_position..];
        var size = rest.IndexOfAny((byte)',', (byte)'\n', (byte)'"');
        if (size < 0)
        {
            if (!final)
            {
                return CsvQuotedResult.NeedMore;
            }

            size = rest.Length;
        }
        else if (rest[size] == '"')
        {
            Culprit = rest[..(size + 1)];
            return CsvQuotedResult.QuoteInText;
        }

        var carriageReturn = size > 0 && rest[size - 1] == '\r' && (size == rest.Length || rest[size] == '\n');
        _position += carriageReturn ? size - 1 : size;
        fields[FieldCount] = new CsvField(offset + _position - (carriageReturn ? size - 1 : size), carriageReturn ? size - 1 : size, Unescaped: false);
        return CsvQuotedResult.Record;
    }

    private CsvQuotedResult QuotedField()
    {
        var start = _position + 1;
        var unescapedStart = _unescapedSize;
        var copied = start;
        var from = start;
        while (true)
        {
            var quote = _bytes[from..].IndexOf((byte)'"');
            if (quote < 0 || (from + quote + 1 == _bytes.Length && !final))
            {
                return final ? CsvQuotedResult.Unclosed : CsvQuotedResult.NeedMore;
            }

            var at = from + quote;
            if (at + 1 < _bytes.Length && _bytes[at + 1] == '"')
            {
                Unescape(copied, at + 1);
                copied = from = at + 2;
                continue;
            }

            var rest = _bytes[(at + 1)..];
            if (rest.Length == 1 && rest[0] == '\r' && !final)
            {
                return CsvQuotedResult.NeedMore;
            }

            if (!rest.IsEmpty && rest[0] != ',' && rest[0] != '\n' && !rest.StartsWith("\r\n"u8) && !(rest.Length == 1 && rest[0] == '\r'))
            {
                Culprit = rest[..1];
                return CsvQuotedResult.TextAfterQuote;
            }

            LineCount += _bytes[start..at].Count((byte)'\n');
            if (copied == start)
            {
                fields[FieldCount] = new CsvField(offset + start, at - start, Unescaped: false);
            }
            else
            {
                Unescape(copied, at);
                fields[FieldCount] = new CsvField(unescapedStart, _unescapedSize - unescapedStart, Unescaped: true);
            }

            _position = at + 1;
            return CsvQuotedResult.Record;
        }
    }

    private void Unescape(int from, int to)
    {
        // A record at the limit may reach two bytes beyond it before it is found too long.
        var size = Math.Min(to - from, unescaped.Length - _unescapedSize);
        _bytes.Slice(from, size).CopyTo(unescaped.AsSpan(_unescapedSize));
        _unescapedSize += size;
    }

    private CsvQuotedResult EndRecord()
    {
        var rest = _bytes[_position..];
        if (rest.Length == 1 && rest[0] == '\r' && !final)
        {
            return CsvQuotedResult.NeedMore;
        }

        RecordSize = _position;
        Consumed = _position + (rest.StartsWith("\r\n"u8) ? 2 : rest.IsEmpty ? 0 : 1);
        LineCount++;
        return CsvQuotedResult.Record;
    }
}
