using StockAspire.Market;
using StockAspire.TickStore;

namespace StockAspire.Contract.Tests.TickStore;

/// <summary>What a store must hold and give, written as plainly as the contract says it.</summary>
internal sealed class TickStoreModel
{
    private readonly Dictionary<(string Symbol, TickKey Key), StoredTick> _rows = [];

    public IEnumerable<StoredTick> Rows => _rows.Values;

    public void Write(IEnumerable<StoredTick> rows)
    {
        foreach (var row in rows)
        {
            if (!_rows.TryGetValue((row.Tick.Symbol, row.Tick.Key), out var kept) || row.Position < kept.Position)
                _rows[(row.Tick.Symbol, row.Tick.Key)] = row;
        }
    }

    public List<StoredTick> Scan(TickScan scan)
    {
        var rows = _rows.Values
            .Where(row => row.Tick.Symbol == scan.Symbol)
            .Where(row => row.Tick.EventTimeNs >= scan.StartNs && row.Tick.EventTimeNs < scan.EndNs)
            .Where(row => row.Tick.IngestTimeNs <= scan.KnownAtNs);
        if (!scan.AllRevisions)
        {
            rows = rows
                .GroupBy(row => (row.Tick.EventTimeNs, row.Tick.Id))
                .Select(revisions => revisions.MaxBy(row => row.Tick.Revision))
                .Where(row => row.Tick.Action != TickAction.Cancel);
        }

        rows = scan.Descending ? rows.OrderByDescending(row => row.Tick.Key) : rows.OrderBy(row => row.Tick.Key);
        if (scan.After is { } after)
            rows = rows.Where(row => scan.Descending ? row.Tick.Key < after : row.Tick.Key > after);
        return [.. scan.Limit == 0 ? rows : rows.Take((int)scan.Limit)];
    }

    public StoredTick? FindLatest(string symbol, long atNs, long oldestNs)
    {
        var rows = Scan(StoredTicks.All(symbol) with { Descending = true })
            .Where(row => row.Tick.EventTimeNs <= atNs && row.Tick.EventTimeNs >= oldestNs)
            .ToList();
        return rows.Count == 0 ? null : rows[0];
    }
}
