using StockAspire.Cql.Protocol;

namespace StockAspire.Cql;

/// <summary>Walks the rows of a page. One array of positions a page; nothing is allocated for a row.</summary>
public ref struct CqlRowEnumerator
{
    private readonly ReadOnlySpan<byte> _body;
    private readonly CqlColumn[] _columns;
    private readonly int[] _positions;
    private BodyReader _reader;
    private int _left;

    internal CqlRowEnumerator(ReadOnlySpan<byte> rows, int count, CqlColumn[] columns)
    {
        _body = rows;
        _columns = columns;
        _positions = new int[columns.Length + 1];
        _reader = new BodyReader(rows);
        _left = count;
    }

    public readonly CqlRow Current => new(_body, _positions, _columns);

    /// <exception cref="CqlProtocolException">The page ends before its rows do.</exception>
    public bool MoveNext()
    {
        if (_left <= 0)
            return false;

        _left--;
        for (var i = 0; i < _columns.Length; i++)
        {
            _positions[i] = _reader.Position;
            _reader.ReadBytes(out _);
        }

        _positions[^1] = _reader.Position;
        return true;
    }
}
