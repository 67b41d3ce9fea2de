using System.Buffers;
using System.Text;

namespace StockAspire.Market.Blocks;

/// <summary>
/// Collects ticks into the columns of one <c>TickBlock</c> and writes its bytes. Reused from block to block; allocates
/// only while its buffers grow. Not thread-safe.
/// </summary>
public sealed class TickBlockWriter
{
    private const int ColumnCapacity = 256;

    private readonly BlockDictionary<string> _symbols = new(StringComparer.Ordinal);
    private readonly BlockDictionary<string> _sources = new(StringComparer.Ordinal);
    private readonly BlockDictionary<string> _venues = new(StringComparer.Ordinal);
    private readonly BlockDictionary<ConditionSet> _conditionSets = new(EqualityComparer<ConditionSet>.Default);
    private readonly ProtoWriter _dictionaries = new(ColumnCapacity);
    private readonly ProtoWriter _extras = new(ColumnCapacity);
    private readonly ProtoWriter _scratch = new(ColumnCapacity);
    private readonly ProtoWriter _entry = new(ColumnCapacity);
    private readonly ProtoWriter _value = new(ColumnCapacity);

    // In the order of their field numbers from SymbolIndex on; an index column of nothing but 0 is left out.
    private readonly ProtoWriter[] _columns = [.. Enumerable.Range(0, TickBlock.SizeColumn - TickBlock.SymbolIndex + 1).Select(_ => new ProtoWriter(ColumnCapacity))];
    private ulong _sequence;
    private long _eventTime;
    private long _ingestTime;
    private long _price;

    public int Count { get; private set; }

    /// <summary>Bytes that <see cref="WriteTo"/> writes now, at most: index columns of zeros may fall away.</summary>
    public int SizeBound
    {
        get
        {
            var size = _dictionaries.Size + _extras.Size;
            foreach (var column in _columns)
            {
                size += ProtoWriter.FieldSize(column.Size);
            }

            return size;
        }
    }

    /// <summary>Adds a tick; false, with nothing changed, where the block would break a limit of rows or bytes.</summary>
    /// <exception cref="ArgumentException">The tick alone is larger than a block may be; none is that is within <see cref="TickLimits"/>.</exception>
    public bool TryAdd(in Tick tick)
    {
        if (Count == TickBlock.RowsMax || SizeBound + RowSizeBound(tick) > TickBlock.SizeMax)
        {
            return Count > 0 ? false : throw new ArgumentException($"Tick {tick.Id} is larger than a block's {TickBlock.SizeMax} bytes.", nameof(tick));
        }

        Column(TickBlock.SymbolIndex).Varint((ulong)IndexOf(_symbols, TickBlock.Symbols, tick.Symbol));
        Column(TickBlock.SourceIndex).Varint((ulong)IndexOf(_sources, TickBlock.Sources, tick.Id.Source));
        Column(TickBlock.VenueIndex).Varint((ulong)IndexOf(_venues, TickBlock.Venues, tick.Venue));
        Column(TickBlock.ConditionSetIndex).Varint((ulong)IndexOf(tick.Conditions));

        // Differences wrap around, as the reader's sums do: any two int64 are one addition apart.
        Column(TickBlock.SequenceDelta).Varint(ProtoWriter.ZigZag(unchecked((long)(tick.Id.Sequence - _sequence))));
        Column(TickBlock.EventTimeDelta).Varint(ProtoWriter.ZigZag(unchecked(tick.EventTimeNs - _eventTime)));
        Column(TickBlock.IngestTimeDelta).Varint(ProtoWriter.ZigZag(unchecked(tick.IngestTimeNs - _ingestTime)));
        Column(TickBlock.PriceDelta).Varint(ProtoWriter.ZigZag(unchecked(tick.Price.E9 - _price)));
        Column(TickBlock.SizeColumn).Varint((ulong)tick.Size.E8);
        (_sequence, _eventTime, _ingestTime, _price) = (tick.Id.Sequence, tick.EventTimeNs, tick.IngestTimeNs, tick.Price.E9);

        if (tick.Attributes.Count > 0 || tick.Revision != 0 || tick.Action != TickAction.New)
        {
            AddExtra(tick);
        }

        Count++;
        return true;
    }

    /// <summary>Writes the block's bytes and empties the writer.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        output.Write(_dictionaries.Written);
        for (var i = 0; i < _columns.Length; i++)
        {
            var column = _columns[i];
            var field = TickBlock.SymbolIndex + i;
            if (column.Size == 0 || (field <= TickBlock.ConditionSetIndex && column.Written.IndexOfAnyExcept((byte)0) < 0))
            {
                continue;
            }

            _scratch.Clear();
            _scratch.Tag(field, ProtoReader.LengthType);
            _scratch.Varint((ulong)column.Size);
            output.Write(_scratch.Written);
            output.Write(column.Written);
        }

        output.Write(_extras.Written);
        Clear();
    }

    public byte[] ToArray()
    {
        var output = new ArrayBufferWriter<byte>(Math.Max(SizeBound, 1));
        WriteTo(output);
        return output.WrittenSpan.ToArray();
    }

    public void Clear()
    {
        _symbols.Clear();
        _sources.Clear();
        _venues.Clear();
        _conditionSets.Clear();
        _dictionaries.Clear();
        _extras.Clear();
        foreach (var column in _columns)
        {
            column.Clear();
        }

        (_sequence, _eventTime, _ingestTime, _price, Count) = (0, 0, 0, 0, 0);
    }

    /// <summary>An upper bound of the bytes that a tick adds: nine varints, new dictionary entries, extras.</summary>
    private static int RowSizeBound(in Tick tick)
    {
        const int ColumnsBound = (9 * 10) + (9 * 3);
        const int EntryBound = 12;
        const int Utf8Bound = 3;
        var size = ColumnsBound + (4 * EntryBound) + (Utf8Bound * (tick.Symbol.Length + tick.Id.Source.Length + tick.Venue.Length));
        foreach (var condition in tick.Conditions.AsSpan())
        {
            size += EntryBound + (Utf8Bound * condition.Length);
        }

        // Counted, not estimated: three times the largest attributes would not fit.
        foreach (var (name, value) in tick.Attributes.AsSpan())
        {
            size += (4 * EntryBound) + Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value.Text);
        }

        return size + (2 * EntryBound);
    }

    private ProtoWriter Column(int field) => _columns[field - TickBlock.SymbolIndex];

    private int IndexOf(BlockDictionary<string> dictionary, int field, string value)
    {
        var index = dictionary.Find(value);
        if (index < 0)
        {
            index = dictionary.Add(value);
            _dictionaries.TextField(field, value);
        }

        return index;
    }

    private int IndexOf(ConditionSet conditions)
    {
        var index = _conditionSets.Find(conditions);
        if (index < 0)
        {
            index = _conditionSets.Add(conditions);
            _scratch.Clear();
            foreach (var condition in conditions.AsSpan())
            {
                _scratch.TextField(1, condition);
            }

            _dictionaries.BytesField(TickBlock.ConditionSets, _scratch.Written);
        }

        return index;
    }

    private void AddExtra(in Tick tick)
    {
        _scratch.Clear();
        _scratch.VarintField(TickBlock.Extra.Row, (ulong)Count);
        foreach (var (name, value) in tick.Attributes.AsSpan())
        {
            _value.Clear();
            switch (value.Kind)
            {
                case AttributeKind.Flag:
                    // A oneof field is written even at its default: its presence is what it says.
                    _value.Tag(TickBlock.Attribute.Flag, ProtoReader.VarintType);
                    _value.Varint(value.IsTrue ? 1UL : 0UL);
                    break;
                default:
                    _value.TextField(value.Kind == AttributeKind.Number ? TickBlock.Attribute.Number : TickBlock.Attribute.Text, value.Text);
                    break;
            }

            _entry.Clear();
            _entry.TextField(1, name);
            _entry.BytesField(2, _value.Written);
            _scratch.BytesField(TickBlock.Extra.Attributes, _entry.Written);
        }

        _scratch.VarintField(TickBlock.Extra.Revision, tick.Revision);
        _scratch.VarintField(TickBlock.Extra.Action, (ulong)tick.Action);
        _extras.BytesField(TickBlock.Extras, _scratch.Written);
    }
}
