namespace StockAspire.Market.Blocks;

/// <summary>The distinct values of one dictionary column in order of appearance; a run of equal values costs one comparison.</summary>
internal sealed class BlockDictionary<T>(IEqualityComparer<T> comparer)
    where T : class
{
    private readonly Dictionary<T, int> _indexes = new(comparer);
    private readonly List<T> _values = [];
    private T? _last;
    private int _lastIndex;

    public IReadOnlyList<T> Values => _values;

    /// <summary>The value's index, or -1 where it is new.</summary>
    public int Find(T value)
    {
        if (ReferenceEquals(value, _last))
        {
            return _lastIndex;
        }

        if (!_indexes.TryGetValue(value, out var index))
        {
            return -1;
        }

        _last = value;
        _lastIndex = index;
        return index;
    }

    public int Add(T value)
    {
        _indexes.Add(value, _values.Count);
        _values.Add(value);
        _last = value;
        _lastIndex = _values.Count - 1;
        return _lastIndex;
    }

    public void Clear()
    {
        _indexes.Clear();
        _values.Clear();
        _last = null;
    }
}
