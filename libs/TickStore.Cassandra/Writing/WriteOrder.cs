using StockAspire.TickStore.Adapters;

namespace StockAspire.TickStore.Cassandra.Writing;

/// <summary>The rows of one partition within a call: <see cref="WriteOrder.Indexes"/> from <paramref name="Start"/> to before <paramref name="End"/>.</summary>
internal readonly record struct PartitionRows(string Symbol, long Bucket, int Start, int End);

/// <summary>
/// The rows of one call, checked and put partition by partition in key order, of each key the first delivery only. Reused from
/// call to call, one at a time; nothing is allocated for a row.
/// </summary>
internal sealed class WriteOrder
{
    /// <summary>Room kept for the next call; what a larger one needed is given back.</summary>
    private const int CapacityKeptMax = 1 << 16;

    private readonly RowChecks _checks = new();
    private readonly Dictionary<(string Symbol, long Bucket), int> _partitions = [];
    private readonly List<int> _counts = [];
    private readonly List<PartitionRows> _ordered = [];
    private int[] _partitionOf = [];
    private int[] _indexes = [];

    public IReadOnlyList<PartitionRows> Partitions => _ordered;

    public ReadOnlySpan<int> Indexes => _indexes;

    /// <exception cref="TickStoreRejectedException">A row can never be stored.</exception>
    public void Arrange(ReadOnlyMemory<StoredTick> memory, TickStorePlan plan)
    {
        var rows = memory.Span;
        Clear();
        if (_indexes.Length < rows.Length)
        {
            _indexes = new int[rows.Length];
            _partitionOf = new int[rows.Length];
        }

        Divide(rows, plan);
        Gather(rows.Length);
        for (var i = 0; i < _ordered.Count; i++)
        {
            var (_, _, start, end) = _ordered[i];
            var indexes = _indexes.AsSpan(start, end - start);
            if (!IsAscending(rows, indexes))
                _ordered[i] = _ordered[i] with { End = start + SortDistinct(memory, indexes) };
        }
    }

    /// <summary>Lets go of the caller's strings.</summary>
    public void Clear()
    {
        _partitions.Clear();
        _counts.Clear();
        _ordered.Clear();
        if (_indexes.Length > CapacityKeptMax)
            _indexes = _partitionOf = [];
    }

    /// <summary>Which partition each row belongs to; neighbours mostly to one.</summary>
    private void Divide(ReadOnlySpan<StoredTick> rows, TickStorePlan plan)
    {
        var symbol = string.Empty;
        var (startNs, endNs) = (long.MaxValue, long.MinValue);
        var partition = -1;
        for (var i = 0; i < rows.Length; i++)
        {
            Check(in rows[i], i, rows.Length);
            var eventTimeNs = rows[i].Tick.EventTimeNs;
            if (!ReferenceEquals(rows[i].Tick.Symbol, symbol) || eventTimeNs < startNs || eventTimeNs >= endNs)
            {
                symbol = rows[i].Tick.Symbol;
                var bucket = plan.BucketOf(eventTimeNs);
                (startNs, endNs) = (plan.StartOf(bucket), plan.StartOf(bucket + 1));
                if (!_partitions.TryGetValue((symbol, bucket), out partition))
                {
                    partition = _partitions.Count;
                    _partitions.Add((symbol, bucket), partition);
                    _counts.Add(0);
                    _ordered.Add(new PartitionRows(symbol, bucket, 0, 0));
                }
            }

            _partitionOf[i] = partition;
            _counts[partition]++;
        }
    }

    private void Gather(int count)
    {
        var start = 0;
        for (var i = 0; i < _ordered.Count; i++)
        {
            _ordered[i] = _ordered[i] with { Start = start, End = start + _counts[i] };
            (_counts[i], start) = (start, start + _counts[i]);
        }

        for (var i = 0; i < count; i++)
            _indexes[_counts[_partitionOf[i]]++] = i;
    }

    private void Check(in StoredTick row, int index, int count)
    {
        try
        {
            _checks.Check(in row);
        }
        catch (TickStoreRejectedException exception)
        {
            throw new TickStoreRejectedException($"Row {index} of {count} ({row.Tick.Id}): {exception.Message}", exception);
        }
    }

    private static bool IsAscending(ReadOnlySpan<StoredTick> rows, ReadOnlySpan<int> indexes)
    {
        for (var i = 1; i < indexes.Length; i++)
        {
            if (rows[indexes[i - 1]].Tick.Key >= rows[indexes[i]].Tick.Key)
                return false;
        }

        return true;
    }

    /// <summary>Sorts by key, position and arrival, and moves the first of each key to the front; how many there are.</summary>
    private static int SortDistinct(ReadOnlyMemory<StoredTick> memory, Span<int> indexes)
    {
        indexes.Sort(new DeliveryOrder(memory));
        var rows = memory.Span;
        var kept = 1;
        for (var i = 1; i < indexes.Length; i++)
        {
            if (rows[indexes[i]].Tick.Key != rows[indexes[kept - 1]].Tick.Key)
                indexes[kept++] = indexes[i];
        }

        return kept;
    }

    private readonly struct DeliveryOrder(ReadOnlyMemory<StoredTick> rows) : IComparer<int>
    {
        public int Compare(int x, int y)
        {
            var span = rows.Span;
            ref readonly var left = ref span[x];
            ref readonly var right = ref span[y];
            var order = left.Tick.Key.CompareTo(right.Tick.Key);
            if (order == 0)
                order = left.Position.CompareTo(right.Position);
            return order != 0 ? order : x.CompareTo(y);
        }
    }
}
