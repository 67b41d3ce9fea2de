using StockAspire.Market;
using StockAspire.TickStore;

namespace StockAspire.Query.Ticks;

/// <summary>The rows of several symbols in canonical order or its reverse: a k-way merge over a heap of cursors.</summary>
internal sealed class TickMerge : IAsyncDisposable
{
    /// <summary>Rows that all cursors of one call hold at most, some 10 MiB.</summary>
    public const int RowsHeldMax = 65_536;

    /// <summary>Below it a slice would be mostly overhead of the request.</summary>
    private const int SliceRowsMin = 64;

    private readonly List<SymbolCursor> _cursors;
    private readonly SymbolCursor[] _heap;
    private readonly bool _descending;
    private int _count;
    private bool _started;

    public TickMerge(ITickStore store, TickQuery query, TickPosition? after, CancellationToken cancellationToken)
    {
        _descending = query.Descending;
        _cursors = new List<SymbolCursor>(query.Symbols.Count);
        var slice = query.Symbols.Count == 1 ? 0 : Math.Max(SliceRowsMin, RowsHeldMax / query.Symbols.Count);
        foreach (var symbol in query.Symbols)
        {
            _cursors.Add(new SymbolCursor(store, Scan(query, symbol, slice, after), after, cancellationToken));
        }

        _heap = [.. _cursors];
    }

    /// <summary>The row that the last <see cref="MoveNextAsync"/> came to; valid until the next.</summary>
    public ref readonly Tick Current => ref _heap[0].Current;

    public async ValueTask<bool> MoveNextAsync()
    {
        if (!_started)
        {
            await StartAsync();
            return _count > 0;
        }

        if (!await _heap[0].MoveNextAsync())
        {
            _heap[0] = _heap[--_count];
        }

        SiftDown(0);
        return _count > 0;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var cursor in _cursors)
        {
            await cursor.DisposeAsync();
        }
    }

    private static TickScan Scan(TickQuery query, string symbol, int slice, TickPosition? after)
    {
        var scan = new TickScan
        {
            Symbol = symbol,
            StartNs = query.StartNs,
            EndNs = query.EndNs,
            Descending = query.Descending,
            Limit = slice,
            KnownAtNs = query.KnownAtNs,
        };
        if (after is not { } position)
        {
            return scan;
        }

        // Rows of exactly that event time may lie on either side: only the token's own symbol can go on by key, the
        // cursors of the others pass over what was given.
        return query.Descending
            ? scan with { EndNs = Math.Min(scan.EndNs, position.EventTimeNs + 1), After = AfterOwn(0) }
            : scan with { StartNs = Math.Max(scan.StartNs, position.EventTimeNs), After = AfterOwn(uint.MaxValue) };

        TickKey? AfterOwn(uint revision) =>
            symbol == position.Symbol ? new TickKey(position.EventTimeNs, position.Source, position.Sequence, revision) : null;
    }

    private async ValueTask StartAsync()
    {
        _started = true;
        foreach (var cursor in _cursors)
        {
            if (await cursor.MoveNextAsync())
            {
                _heap[_count++] = cursor;
            }
        }

        for (var i = (_count / 2) - 1; i >= 0; i--)
        {
            SiftDown(i);
        }
    }

    private void SiftDown(int index)
    {
        while (true)
        {
            var first = index;
            for (var child = (2 * index) + 1; child <= (2 * index) + 2 && child < _count; child++)
            {
                if (Precedes(_heap[child], _heap[first]))
                {
                    first = child;
                }
            }

            if (first == index)
            {
                return;
            }

            (_heap[index], _heap[first]) = (_heap[first], _heap[index]);
            index = first;
        }
    }

    private bool Precedes(SymbolCursor left, SymbolCursor right)
    {
        var order = TickPosition.Compare(left.Current, right.Current);
        return _descending ? order > 0 : order < 0;
    }
}
