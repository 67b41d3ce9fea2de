using StockAspire.Cql.Protocol;

namespace StockAspire.Cql;

/// <summary>Elements of a list, set or vector, read in place; for <c>foreach</c>.</summary>
public ref struct CqlElements
{
    private readonly CqlType _element;
    private readonly int _fixedSize;
    private readonly bool _isVector;
    private BodyReader _reader;
    private int _left;

    internal CqlElements(ReadOnlySpan<byte> bytes, bool isNull, CqlType type)
    {
        _element = type.Arguments[0];
        _isVector = type.Code == CqlTypeCode.Vector;
        _fixedSize = _element.FixedSize;
        _reader = new BodyReader(bytes);
        if (!isNull)
            _left = _isVector ? type.Dimension : _reader.Count(_reader.ReadInt32(), sizeof(int), "elements");
        Count = _left;
    }

    public int Count { get; }

    public CqlValue Current { get; private set; }

    public readonly CqlElements GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_left == 0)
            return false;

        _left--;
        if (_isVector)
        {
            var size = _fixedSize > 0 ? (ulong)_fixedSize : VariableInteger.ReadUnsigned(ref _reader);
            Current = new CqlValue(_reader.Take(size > int.MaxValue ? int.MaxValue : (int)size, "vector element"), isNull: false, _element, string.Empty);
            return true;
        }

        var bytes = _reader.ReadBytes(out var isNull);
        Current = new CqlValue(bytes, isNull, _element, string.Empty);
        return true;
    }
}
