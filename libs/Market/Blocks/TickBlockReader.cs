using System.Globalization;

namespace StockAspire.Market.Blocks;

/// <summary>
/// Decodes <c>TickBlock</c> bytes into ticks. Reused from block to block: <see cref="Ticks"/> is valid until the next
/// <see cref="Read"/>. Allocates the dictionaries' strings and what the rows' extras hold, nothing per tick.
/// Structure and limits of the block are checked here, the fields of each tick by <see cref="TickLimits"/>. Not thread-safe.
/// </summary>
public sealed class TickBlockReader
{
    private const string What = "TickBlock";
    private const int DictionaryEntriesMax = TickBlock.RowsMax;

    private readonly List<string> _symbols = [];
    private readonly List<string> _sources = [];
    private readonly List<string> _venues = [];
    private readonly List<ConditionSet> _conditionSets = [];
    private readonly List<string> _conditions = [];
    private readonly List<KeyValuePair<string, AttributeValue>> _attributes = [];

    // One array for each column from SymbolIndex to SizeColumn, and the number of values it holds.
    private readonly long[][] _columns = [.. Enumerable.Range(0, TickBlock.SizeColumn - TickBlock.SymbolIndex + 1).Select(_ => Array.Empty<long>())];
    private readonly int[] _lengths = new int[TickBlock.SizeColumn - TickBlock.SymbolIndex + 1];
    private Tick[] _ticks = [];
    private int _count;

    public ReadOnlySpan<Tick> Ticks => _ticks.AsSpan(0, _count);

    public ReadOnlyMemory<Tick> TicksMemory => _ticks.AsMemory(0, _count);

    /// <exception cref="TickBlockFormatException">The bytes are no valid block.</exception>
    public void Read(ReadOnlySpan<byte> block)
    {
        if (block.Length > TickBlock.SizeMax)
        {
            throw TickBlockFormatException.TooLarge(block.Length);
        }

        Clear();
        var reader = new ProtoReader(block, What);
        var extras = false;
        while (reader.NextField(out var field, out var wireType))
        {
            if (field is >= TickBlock.SymbolIndex and <= TickBlock.SizeColumn)
            {
                ReadColumn(ref reader, field, wireType);
            }
            else if (wireType == ProtoReader.LengthType && field is >= TickBlock.Symbols and <= TickBlock.ConditionSets)
            {
                ReadEntry(ref reader, field);
            }
            else
            {
                extras |= field == TickBlock.Extras;
                reader.Skip(wireType);
            }
        }

        Assemble();
        if (extras)
        {
            ReadExtras(block);
        }
    }

    private void Clear()
    {
        _symbols.Clear();
        _sources.Clear();
        _venues.Clear();
        _conditionSets.Clear();
        Array.Clear(_lengths);
        _count = 0;
    }

    private void ReadEntry(ref ProtoReader reader, int field)
    {
        if (field == TickBlock.ConditionSets)
        {
            Add(_conditionSets, ReadConditions(reader.Bytes()), field);
            return;
        }

        Add(field switch { TickBlock.Symbols => _symbols, TickBlock.Sources => _sources, _ => _venues }, reader.Text(), field);
    }

    private static void Add<T>(List<T> dictionary, T value, int field)
    {
        if (dictionary.Count == DictionaryEntriesMax)
        {
            throw TickBlockFormatException.ColumnLength("dictionary " + field.ToString(CultureInfo.InvariantCulture), DictionaryEntriesMax, dictionary.Count + 1);
        }

        dictionary.Add(value);
    }

    private ConditionSet ReadConditions(ReadOnlySpan<byte> bytes)
    {
        _conditions.Clear();
        var reader = new ProtoReader(bytes, What);
        while (reader.NextField(out var field, out var wireType))
        {
            if (field == 1 && wireType == ProtoReader.LengthType)
            {
                _conditions.Add(reader.Text());
            }
            else
            {
                reader.Skip(wireType);
            }
        }

        return ConditionSet.Of(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_conditions));
    }

    private void ReadColumn(ref ProtoReader reader, int field, int wireType)
    {
        // proto3 parsers accept a packed field unpacked, and in several pieces.
        if (wireType == ProtoReader.VarintType)
        {
            Append(field, reader.Varint());
            return;
        }

        if (wireType != ProtoReader.LengthType)
        {
            throw TickBlockFormatException.BadWireType(What, reader.Position, wireType);
        }

        var column = new ProtoReader(reader.Bytes(), What);
        while (!column.AtEnd)
        {
            Append(field, column.Varint());
        }
    }

    private void Append(int field, ulong value)
    {
        var index = field - TickBlock.SymbolIndex;
        var length = _lengths[index];
        if (length == TickBlock.RowsMax)
        {
            throw TickBlockFormatException.TooManyRows(length + 1);
        }

        if (length == _columns[index].Length)
        {
            Array.Resize(ref _columns[index], Math.Clamp(length * 2, 16, TickBlock.RowsMax));
        }

        var signed = field is >= TickBlock.SequenceDelta and <= TickBlock.PriceDelta
            ? (long)(value >> 1) ^ -(long)(value & 1)
            : (long)value;
        _columns[index][length] = signed;
        _lengths[index] = length + 1;
    }

    private void Assemble()
    {
        var rows = _lengths[TickBlock.SequenceDelta - TickBlock.SymbolIndex];
        var symbols = Indexes(TickBlock.SymbolIndex, "symbol_index", rows, _symbols.Count);
        var sources = Indexes(TickBlock.SourceIndex, "source_index", rows, _sources.Count);
        var venues = Indexes(TickBlock.VenueIndex, "venue_index", rows, Math.Max(1, _venues.Count));
        var conditionSets = Indexes(TickBlock.ConditionSetIndex, "condition_set_index", rows, Math.Max(1, _conditionSets.Count));
        var sequences = Values(TickBlock.SequenceDelta, "sequence_delta", rows);
        var eventTimes = Values(TickBlock.EventTimeDelta, "event_time_delta_ns", rows);
        var prices = Values(TickBlock.PriceDelta, "price_delta_e9", rows);
        var sizes = Values(TickBlock.SizeColumn, "size_e8", rows);

        // A client need not give ingest times: Ingest stamps them.
        var ingestTimes = _lengths[TickBlock.IngestTimeDelta - TickBlock.SymbolIndex] == 0
            ? default
            : Values(TickBlock.IngestTimeDelta, "ingest_time_delta_ns", rows);
        if (_ticks.Length < rows)
        {
            _ticks = new Tick[Math.Clamp(rows * 2, 16, TickBlock.RowsMax)];
        }

        long sequence = 0, eventTime = 0, ingestTime = 0, price = 0;
        for (var row = 0; row < rows; row++)
        {
            unchecked
            {
                sequence += sequences[row];
                eventTime += eventTimes[row];
                ingestTime += ingestTimes.IsEmpty ? 0 : ingestTimes[row];
                price += prices[row];
            }

            _ticks[row] = new Tick
            {
                Id = new TickId(_sources.Count == 0 ? string.Empty : _sources[At(sources, row)], (ulong)sequence),
                Symbol = _symbols.Count == 0 ? string.Empty : _symbols[At(symbols, row)],
                EventTimeNs = eventTime,
                IngestTimeNs = ingestTime,
                Price = new Price(price),
                Size = new Size(sizes[row]),
                Venue = _venues.Count == 0 ? string.Empty : _venues[At(venues, row)],
                Conditions = _conditionSets.Count == 0 ? ConditionSet.Empty : _conditionSets[At(conditionSets, row)],
            };
        }

        _count = rows;
    }

    private static int At(ReadOnlySpan<long> indexes, int row) => indexes.IsEmpty ? 0 : (int)indexes[row];

    private ReadOnlySpan<long> Values(int field, string column, int rows)
    {
        var index = field - TickBlock.SymbolIndex;
        return _lengths[index] == rows
            ? _columns[index].AsSpan(0, rows)
            : throw TickBlockFormatException.ColumnLength(column, rows, _lengths[index]);
    }

    private ReadOnlySpan<long> Indexes(int field, string column, int rows, int count)
    {
        if (_lengths[field - TickBlock.SymbolIndex] == 0)
        {
            return default;
        }

        var indexes = Values(field, column, rows);
        for (var row = 0; row < rows; row++)
        {
            if ((ulong)indexes[row] >= (ulong)count)
            {
                throw TickBlockFormatException.BadIndex(column, row, (ulong)indexes[row], count);
            }
        }

        return indexes;
    }

    private void ReadExtras(ReadOnlySpan<byte> block)
    {
        var reader = new ProtoReader(block, What);
        while (reader.NextField(out var field, out var wireType))
        {
            if (field == TickBlock.Extras && wireType == ProtoReader.LengthType)
            {
                ReadExtra(reader.Bytes());
            }
            else
            {
                reader.Skip(wireType);
            }
        }
    }

    private void ReadExtra(ReadOnlySpan<byte> bytes)
    {
        ulong row = 0, revision = 0, action = 0;
        _attributes.Clear();
        var reader = new ProtoReader(bytes, What);
        while (reader.NextField(out var field, out var wireType))
        {
            switch (field, wireType)
            {
                case (TickBlock.Extra.Row, ProtoReader.VarintType):
                    row = reader.Varint();
                    break;
                case (TickBlock.Extra.Revision, ProtoReader.VarintType):
                    revision = reader.Varint();
                    break;
                case (TickBlock.Extra.Action, ProtoReader.VarintType):
                    action = reader.Varint();
                    break;
                case (TickBlock.Extra.Attributes, ProtoReader.LengthType):
                    _attributes.Add(ReadAttribute(reader.Bytes()));
                    break;
                default:
                    reader.Skip(wireType);
                    break;
            }
        }

        if (row >= (ulong)_count)
        {
            throw TickBlockFormatException.BadExtra("row", (int)Math.Min(row, int.MaxValue), $"below {_count}", row.ToString(CultureInfo.InvariantCulture));
        }

        if (revision > uint.MaxValue || action > byte.MaxValue)
        {
            throw TickBlockFormatException.BadExtra("revision and action", (int)row, "within their types", $"{revision} and {action}");
        }

        try
        {
            _ticks[row] = _ticks[row] with
            {
                Revision = (uint)revision,
                Action = (TickAction)action,
                Attributes = AttributeMap.Of(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_attributes)),
            };
        }
        catch (ArgumentException duplicate)
        {
            throw TickBlockFormatException.BadExtra("attributes", (int)row, "with distinct names", duplicate.Message);
        }
    }

    private static KeyValuePair<string, AttributeValue> ReadAttribute(ReadOnlySpan<byte> bytes)
    {
        var name = string.Empty;
        var value = AttributeValue.OfText(string.Empty);
        var reader = new ProtoReader(bytes, What);
        while (reader.NextField(out var field, out var wireType))
        {
            switch (field, wireType)
            {
                case (1, ProtoReader.LengthType):
                    name = reader.Text();
                    break;
                case (2, ProtoReader.LengthType):
                    value = ReadValue(reader.Bytes());
                    break;
                default:
                    reader.Skip(wireType);
                    break;
            }
        }

        return new(name, value);
    }

    private static AttributeValue ReadValue(ReadOnlySpan<byte> bytes)
    {
        var value = AttributeValue.OfText(string.Empty);
        var reader = new ProtoReader(bytes, What);
        while (reader.NextField(out var field, out var wireType))
        {
            switch (field, wireType)
            {
                case (TickBlock.Attribute.Number, ProtoReader.LengthType):
                    var number = reader.Text();
                    value = AttributeValue.IsDecimal(number)
                        ? AttributeValue.Number(number)
                        : throw new TickBlockFormatException($"TickBlock attribute: expected a decimal number, got \"{number}\".");
                    break;
                case (TickBlock.Attribute.Text, ProtoReader.LengthType):
                    value = AttributeValue.OfText(reader.Text());
                    break;
                case (TickBlock.Attribute.Flag, ProtoReader.VarintType):
                    value = AttributeValue.Flag(reader.Varint() != 0);
                    break;
                default:
                    reader.Skip(wireType);
                    break;
            }
        }

        return value;
    }
}
