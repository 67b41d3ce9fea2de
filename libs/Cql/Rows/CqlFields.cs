using StockAspire.Cql.Protocol;

namespace StockAspire.Cql;

/// <summary>
/// Fields of a UDT or tuple, read in place and in their order. A value written before ALTER TYPE ... ADD is shorter than its type:
/// the fields it lacks are null.
/// </summary>
public ref struct CqlFields
{
    private readonly CqlType _type;
    private BodyReader _reader;
    private int _index = -1;

    internal CqlFields(ReadOnlySpan<byte> bytes, CqlType type)
    {
        _type = type;
        _reader = new BodyReader(bytes);
    }

    public readonly int Count => _type.Arguments.Count;

    public CqlValue Current { get; private set; }

    public readonly CqlFields GetEnumerator() => this;

    public bool MoveNext()
    {
        if (++_index >= _type.Arguments.Count)
            return false;

        var isNull = _reader.Remaining == 0;
        var bytes = isNull ? [] : _reader.ReadBytes(out isNull);
        Current = new CqlValue(bytes, isNull, _type.Arguments[_index], _type.Code == CqlTypeCode.Udt ? _type.FieldNames[_index] : string.Empty);
        return true;
    }

    /// <summary>The next field.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public CqlValue Next() => MoveNext() ? Current : throw new InvalidOperationException($"{_type} has {Count} fields, and all were read.");
}
