using StockAspire.Cql;

namespace StockAspire.TickStore.Cassandra.Reading;

/// <summary>What of a symbol is read: event times from <paramref name="FromNs"/> to <paramref name="ToNs"/>, both inclusive.</summary>
internal readonly record struct TickRange(string Symbol, long FromNs, long ToNs, bool Descending);

/// <summary>
/// The server's pages over the listed buckets of a range, in its direction. Whoever reads on has the next page and the next
/// partitions asked for ahead; the first page is asked for alone, and where few rows are wanted it is small. The newest row of all is
/// asked for where it was last, while the directory is asked where it is now. Not thread-safe.
/// </summary>
internal sealed class PartitionPages : IAsyncDisposable
{
    /// <summary>Partitions asked for at a time; each holds a page in memory.</summary>
    private const int AheadMax = 4;

    private const int PageRowsMin = 16;
    private const int PageRowsMax = 5000;
    private const int PageGrowth = 4;

    private readonly StoreSession _store;
    private readonly TickRange _range;
    private readonly CancellationTokenSource _stop;
    private readonly IAsyncEnumerator<long> _buckets;
    private readonly Queue<Partition> _partitions = [];
    private readonly bool _isLatest;
    private Partition? _guess;
    private bool _isFirstTaken;
    private bool _hasBuckets = true;
    private int _ahead;
    private int _pageRows;

    /// <param name="limit">Rows wanted at most; 0 is no limit.</param>
    public PartitionPages(StoreSession store, TickRange range, long limit, CancellationToken cancellationToken)
    {
        _store = store;
        _range = range;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // One row more than wanted, since upwards a row is given when the next identity is seen.
        var few = limit is > 0 and < PageRowsMax;
        _pageRows = few ? (int)Math.Clamp(limit + 1, PageRowsMin, PageRowsMax) : PageRowsMax;
        _ahead = few ? 1 : AheadMax;
        var first = store.Plan.BucketOf(range.FromNs);
        _buckets = BucketDirectory.ReadAsync(
            store, range.Symbol, first, store.Plan.BucketOf(range.ToNs), range.Descending, few, _stop.Token).GetAsyncEnumerator(_stop.Token);
        _isLatest = limit == 1 && range is { Descending: true, ToNs: long.MaxValue };
        if (_isLatest && store.Newest.TryGuess(range.Symbol, out var bucket) && bucket >= first)
            _guess = Ask(bucket);
    }

    /// <summary>The next page, which the caller disposes of, and whether it is its partition's last; null at the end.</summary>
    public async ValueTask<(CqlResult Page, bool EndsPartition)?> NextAsync()
    {
        while (_hasBuckets && _partitions.Count < _ahead)
        {
            _hasBuckets = await _buckets.MoveNextAsync();
            if (_hasBuckets)
                _partitions.Enqueue(Take(_buckets.Current));
        }

        if (!_partitions.TryPeek(out var partition))
            return null;

        var page = await (partition.Next ?? Ask(partition, partition.PagingState));
        partition.Next = null;
        partition.PagingState = page.PagingState;
        var ends = page.PagingState.IsEmpty;
        if (ends)
            _partitions.Dequeue().Statement.Dispose();
        else if (_ahead > 1)
            partition.Next = Ask(partition, partition.PagingState);

        // Whoever asked for little and comes again wants more.
        _ahead = Math.Min(2 * _ahead, AheadMax);
        _pageRows = Math.Min(PageGrowth * _pageRows, PageRowsMax);
        return (page, ends);
    }

    /// <summary>Gives up what was asked for ahead.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_guess is not null)
            _partitions.Enqueue(_guess);
        foreach (var partition in _partitions)
        {
            if (partition.Next is { } next)
                await AbandonAsync(next);
            partition.Statement.Dispose();
        }

        await _buckets.DisposeAsync();
        _stop.Dispose();
    }

    private static async Task AbandonAsync(Task<CqlResult> page)
    {
        try
        {
            (await page).Dispose();
        }
        catch (Exception exception) when (exception is CqlException or OperationCanceledException or ObjectDisposedException)
        {
            // Nobody waits for it any more.
        }
    }

    /// <summary>Of what is listed. What the first of the newest turns out to be is the next guess.</summary>
    private Partition Take(long bucket)
    {
        if (_isLatest && !_isFirstTaken)
            _store.Newest.Remember(_range.Symbol, bucket);
        _isFirstTaken = true;
        if (_guess is not { } guess || guess.Bucket != bucket)
            return Ask(bucket);

        _guess = null;
        return guess;
    }

    private Partition Ask(long bucket)
    {
        var statement = (_range.Descending ? _store.SelectTicksDown : _store.SelectTicksUp).Bind();
        statement.Values.AppendText(_range.Symbol).AppendBigint(bucket).AppendBigint(_range.FromNs).AppendBigint(_range.ToNs);
        var partition = new Partition(bucket, statement);
        partition.Next = Ask(partition, default);
        return partition;
    }

    private Task<CqlResult> Ask(Partition partition, ReadOnlyMemory<byte> pagingState)
    {
        partition.Statement.PageSize = _pageRows;
        return _store.Cql.ExecuteAsync(partition.Statement, pagingState, _stop.Token).AsTask();
    }

    private sealed class Partition(long bucket, BoundStatement statement)
    {
        public long Bucket { get; } = bucket;

        public BoundStatement Statement { get; } = statement;

        /// <summary>The page under way; null where it is not asked for yet.</summary>
        public Task<CqlResult>? Next { get; set; }

        public ReadOnlyMemory<byte> PagingState { get; set; }
    }
}
