namespace StockAspire.Cql;

/// <summary>A row, read in place: valid until the next one is asked for.</summary>
public readonly ref struct CqlRow
{
    private readonly ReadOnlySpan<byte> _body;
    private readonly ReadOnlySpan<int> _positions;
    private readonly CqlColumn[] _columns;

    /// <param name="positions">Where each value's [bytes] begin in the body, and where the last ends.</param>
    internal CqlRow(ReadOnlySpan<byte> body, ReadOnlySpan<int> positions, CqlColumn[] columns)
    {
        _body = body;
        _positions = positions;
        _columns = columns;
    }

    public int Count => _columns.Length;

    public CqlValue this[int index]
    {
        get
        {
            var column = _columns[index];
            var start = _positions[index] + sizeof(int);
            var end = _positions[index + 1];

            // The length of a null is negative.
            var isNull = _body[start - sizeof(int)] >= 0x80;
            return new CqlValue(_body[start..end], isNull, column.Type, column.Name);
        }
    }

    /// <summary>By name. In a loop over many rows, look the index up once: <see cref="CqlResult.IndexOf"/>.</summary>
    public CqlValue this[string name]
    {
        get
        {
            var index = Array.FindIndex(_columns, column => column.Name == name);
            return index >= 0 ? this[index] : throw new KeyNotFoundException($"No column {name} among {string.Join(", ", _columns.Select(column => column.Name))}.");
        }
    }
}
