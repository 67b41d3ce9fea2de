using StockAspire.Cql.Protocol;

namespace StockAspire.Cql;

/// <summary>Entries of a map, read in place: <c>while (entries.MoveNext())</c>, then <see cref="Key"/> and <see cref="Value"/>.</summary>
public ref struct CqlMapEntries
{
    private readonly CqlType _type;
    private BodyReader _reader;
    private int _left;

    internal CqlMapEntries(ReadOnlySpan<byte> bytes, bool isNull, CqlType type)
    {
        _type = type;
        _reader = new BodyReader(bytes);
        _left = isNull ? 0 : _reader.Count(_reader.ReadInt32(), 2 * sizeof(int), "map entries");
        Count = _left;
    }

    public int Count { get; }

    public CqlValue Key { get; private set; }

    public CqlValue Value { get; private set; }

    public bool MoveNext()
    {
        if (_left == 0)
            return false;

        _left--;
        var bytes = _reader.ReadBytes(out var isNull);
        Key = new CqlValue(bytes, isNull, _type.Arguments[0], string.Empty);
        bytes = _reader.ReadBytes(out isNull);
        Value = new CqlValue(bytes, isNull, _type.Arguments[1], string.Empty);
        return true;
    }
}
