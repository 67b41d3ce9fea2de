using System.Text;
using StockAspire.TickStore.Cassandra.Schema;

namespace StockAspire.TickStore.Cassandra.Reading;

/// <summary>
/// Symbols in ordinal order, a page at a time, from the one partition that lists them by their UTF-16: the partitions of the ticks
/// themselves come by token, and a page of them in order would need all.
/// </summary>
internal sealed class SymbolList(StoreSession store)
{
    /// <summary>Look-ups of first and last bucket under way.</summary>
    private const int InFlightMax = 32;

    public async Task<List<SymbolBuckets>> ReadAsync(string after, int limit, CancellationToken cancellationToken)
    {
        var listed = new List<SymbolBuckets>();
        while (true)
        {
            var symbols = await ReadNamesAsync(after, limit - listed.Count, cancellationToken);
            if (symbols.Count == 0)
                return listed;

            var ranges = new SymbolBuckets?[symbols.Count];
            var limits = new ParallelOptions { MaxDegreeOfParallelism = InFlightMax, CancellationToken = cancellationToken };
            await Parallel.ForAsync(0, symbols.Count, limits, async (i, stop) => ranges[i] = await FindRangeAsync(symbols[i], stop));

            // One without a bucket is just being written for the first time, or its writer ended in between.
            listed.AddRange(ranges.OfType<SymbolBuckets>());
            if (listed.Count == limit)
                return listed;
            after = symbols[^1];
        }
    }

    private async Task<List<string>> ReadNamesAsync(string after, int limit, CancellationToken cancellationToken)
    {
        using var statement = store.SelectSymbols.Bind();
        statement.Values.AppendInt(CassandraSchema.Part).AppendBlob(Encoding.BigEndianUnicode.GetBytes(after));
        statement.PageSize = limit;
        using var page = await store.Cql.ExecuteAsync(statement, cancellationToken);
        var symbols = new List<string>(page.RowCount);
        foreach (var row in page)
            symbols.Add(row[0].GetText());
        return symbols;
    }

    private async Task<SymbolBuckets?> FindRangeAsync(string symbol, CancellationToken cancellationToken)
    {
        var first = BucketDirectory.FindEndAsync(store, symbol, descending: false, cancellationToken);
        var last = BucketDirectory.FindEndAsync(store, symbol, descending: true, cancellationToken);
        await Task.WhenAll(first, last);
        return await first is { } from && await last is { } to
            ? new SymbolBuckets(symbol, store.Plan.StartOf(from), store.Plan.StartOf(to + 1))
            : null;
    }
}
