using System.Runtime.CompilerServices;
using StockAspire.Market;
using StockAspire.TickStore;

namespace StockAspire.Query.Service.Tests;

/// <summary>A store in memory that does what the contract says in the plainest way, in pages of a few rows.</summary>
internal sealed class FakeTickStore : ITickStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Symbol, TickKey Key), StoredTick> _rows = [];
    private long _rowsRead;

    public int PageRows { get; init; } = 3;

    /// <summary>While set, every call fails as if the store were away.</summary>
    public bool Down { get; set; }

    /// <summary>Awaited before each page.</summary>
    public Func<CancellationToken, Task> BeforePage { get; set; } = _ => Task.CompletedTask;

    public long RowsRead => Interlocked.Read(ref _rowsRead);

    public void Put(params IEnumerable<Tick> ticks)
    {
        lock (_lock)
        {
            foreach (var tick in ticks)
            {
                _rows.TryAdd((tick.Symbol, tick.Key), new StoredTick(tick, _rows.Count));
            }
        }
    }

    /// <summary>Stores a tick as of the delivery at a position.</summary>
    public void PutAt(long position, Tick tick)
    {
        lock (_lock)
        {
            _rows[(tick.Symbol, tick.Key)] = new StoredTick(tick, position);
        }
    }

    public void Remove(Tick tick)
    {
        lock (_lock)
        {
            Assert.True(_rows.Remove((tick.Symbol, tick.Key)));
        }
    }

    public Task InitializeAsync(CancellationToken cancellationToken)
    {
        ThrowIfDown();
        return Task.CompletedTask;
    }

    public Task<int> RegisterTopicAsync(Guid topicId, CancellationToken cancellationToken) => Task.FromResult(0);

    public Task WriteAsync(ReadOnlyMemory<StoredTick> rows, CancellationToken cancellationToken)
    {
        Put(rows.ToArray().Select(row => row.Tick));
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<ReadOnlyMemory<StoredTick>> ScanAsync(TickScan scan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ThrowIfDown();
        foreach (var page in Rows(scan).Chunk(PageRows))
        {
            await BeforePage(cancellationToken);
            ThrowIfDown();
            cancellationToken.ThrowIfCancellationRequested();
            Interlocked.Add(ref _rowsRead, page.Length);
            yield return page;
        }
    }

    public Task<StoredTick?> FindLatestAsync(string symbol, long atNs, long oldestNs, CancellationToken cancellationToken)
    {
        ThrowIfDown();
        var scan = new TickScan { Symbol = symbol, StartNs = oldestNs, EndNs = long.MaxValue, Descending = true };
        return Task.FromResult(Rows(scan).Where(row => row.Tick.EventTimeNs <= atNs).Select(row => (StoredTick?)row).FirstOrDefault());
    }

    public Task<IReadOnlyList<SymbolBuckets>> ListSymbolsAsync(string after, int limit, CancellationToken cancellationToken)
    {
        ThrowIfDown();
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<SymbolBuckets>>([.. _rows.Values
                .GroupBy(row => row.Tick.Symbol)
                .Where(group => string.CompareOrdinal(group.Key, after) > 0)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Take(limit)
                .Select(group => new SymbolBuckets(group.Key, group.Min(row => row.Tick.EventTimeNs), group.Max(row => row.Tick.EventTimeNs) + 1))]);
        }
    }

    /// <summary>What the store says of itself to an operator.</summary>
    public IReadOnlyList<string> Findings { get; set; } = [];

    public Task<IReadOnlyList<string>> DiagnoseAsync(CancellationToken cancellationToken)
    {
        ThrowIfDown();
        return Task.FromResult(Findings);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private List<StoredTick> Rows(TickScan scan)
    {
        List<StoredTick> rows;
        lock (_lock)
        {
            rows = [.. _rows.Values.Where(row => row.Tick.Symbol == scan.Symbol && row.Tick.IngestTimeNs <= scan.KnownAtNs)];
        }

        if (!scan.AllRevisions)
        {
            rows = [.. rows.GroupBy(row => row.Tick.Id).Select(group => group.MaxBy(row => row.Tick.Revision)).Where(row => row.Tick.Action != TickAction.Cancel)];
        }

        var inRange = rows.Where(row => row.Tick.EventTimeNs >= scan.StartNs && row.Tick.EventTimeNs < scan.EndNs);
        var ordered = scan.Descending ? inRange.OrderByDescending(row => row.Tick.Key) : inRange.OrderBy(row => row.Tick.Key);
        var after = ordered.Where(row => scan.After is not { } key || (scan.Descending ? row.Tick.Key < key : row.Tick.Key > key));
        return [.. scan.Limit == 0 ? after : after.Take((int)scan.Limit)];
    }

    private void ThrowIfDown()
    {
        if (Down)
        {
            throw new TickStoreUnavailableException("the test took it away");
        }
    }
}
