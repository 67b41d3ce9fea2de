using StockAspire.Market;
using StockAspire.TickStore;

namespace StockAspire.Query.Ticks;

/// <summary>
/// One symbol's rows of an answer, a page at a time. Where many symbols are merged, each reads in short slices, so that
/// the pages of all of them together stay within <see cref="TickMerge.RowsHeldMax"/>.
/// </summary>
internal sealed class SymbolCursor : IAsyncDisposable
{
    private readonly ITickStore _store;
    private readonly TickPosition? _after;
    private readonly CancellationToken _cancellationToken;
    private TickScan _scan;
    private IAsyncEnumerator<ReadOnlyMemory<StoredTick>> _pages;
    private ReadOnlyMemory<StoredTick> _page;
    private int _index;
    private Tick _current;
    private long _sliceLeft;

    /// <param name="store">Read from.</param>
    /// <param name="scan">The symbol's range; its limit is the rows of one slice, 0 for one slice of everything.</param>
    /// <param name="after">Rows up to and with this place were given before.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public SymbolCursor(ITickStore store, TickScan scan, TickPosition? after, CancellationToken cancellationToken)
    {
        _store = store;
        _scan = scan;
        _after = after;
        _cancellationToken = cancellationToken;
        _sliceLeft = scan.Limit;
        _pages = store.ScanAsync(scan, cancellationToken).GetAsyncEnumerator(cancellationToken);
    }

    /// <summary>Valid until the next move.</summary>
    public ref readonly Tick Current => ref _current;

    /// <summary>Goes to the next row; false at the end.</summary>
    public async ValueTask<bool> MoveNextAsync()
    {
        do
        {
            _index++;
            if (_index >= _page.Length && !await NextPageAsync())
            {
                return false;
            }

            _current = _page.Span[_index].Tick;
        }
        while (_after is { } after && IsGiven(after));
        return true;
    }

    public ValueTask DisposeAsync() => _pages.DisposeAsync();

    /// <summary>Whether the current row lies within what was given before; it does so only at its very event time.</summary>
    private bool IsGiven(TickPosition after)
    {
        var order = TickPosition.Of(_current).CompareTo(after);
        return _scan.Descending ? order >= 0 : order <= 0;
    }

    private async ValueTask<bool> NextPageAsync()
    {
        while (true)
        {
            var last = _page;
            if (await _pages.MoveNextAsync())
            {
                _page = _pages.Current;
                _sliceLeft -= _page.Length;
                _index = 0;
                if (_page.Length > 0)
                {
                    return true;
                }

                _page = last;
                continue;
            }

            if (_scan.Limit == 0 || _sliceLeft > 0)
            {
                return false;
            }

            // Any revision of the last identity: one that came in meanwhile must not give the tick again.
            var key = last.Span[^1].Tick.Key with { Revision = _scan.Descending ? 0 : uint.MaxValue };
            await _pages.DisposeAsync();
            _scan = _scan with { After = key };
            _sliceLeft = _scan.Limit;
            _pages = _store.ScanAsync(_scan, _cancellationToken).GetAsyncEnumerator(_cancellationToken);
        }
    }
}
