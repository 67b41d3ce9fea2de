using System.Text;
using StockAspire.TickStore.Cassandra.Schema;

namespace StockAspire.TickStore.Cassandra.Writing;

/// <summary>
/// Lists symbols and buckets before their first row: a reader looks only where something is listed. What this process has listed is
/// remembered, up to a limit, so that a call costs no request for what is known. Thread-safe.
/// </summary>
internal sealed class BucketListing(StoreSession store)
{
    /// <summary>Entries remembered of each kind; past it all are forgotten, and listed again where they come again.</summary>
    private const int RememberedMax = 1 << 16;

    /// <summary>Requests under way for one call: a file of years has many buckets at once.</summary>
    private const int InFlightMax = 32;

    private readonly Lock _lock = new();
    private readonly HashSet<(string Symbol, long Bucket)> _buckets = [];
    private readonly HashSet<string> _symbols = new(StringComparer.Ordinal);

    public ValueTask ListAsync(IReadOnlyList<PartitionRows> partitions, CancellationToken cancellationToken)
    {
        List<(string Symbol, long Bucket)>? missing = null;
        lock (_lock)
        {
            for (var i = 0; i < partitions.Count; i++)
            {
                var bucket = (partitions[i].Symbol, partitions[i].Bucket);
                if (!_buckets.Contains(bucket))
                    (missing ??= []).Add(bucket);
            }
        }

        return missing is null ? ValueTask.CompletedTask : new ValueTask(ListMissingAsync(missing, cancellationToken));
    }

    private Task ListMissingAsync(List<(string Symbol, long Bucket)> missing, CancellationToken cancellationToken)
    {
        var limits = new ParallelOptions { MaxDegreeOfParallelism = InFlightMax, CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(missing, limits, async (entry, stop) =>
        {
            await ListSymbolAsync(entry.Symbol, stop);
            using var statement = store.InsertBucket.Bind();
            statement.Values.AppendText(entry.Symbol).AppendBigint(entry.Bucket);
            (await store.Cql.ExecuteAsync(statement, stop)).Dispose();
            Remember(_buckets, entry);
        });
    }

    private async Task ListSymbolAsync(string symbol, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_symbols.Contains(symbol))
                return;
        }

        using var statement = store.InsertSymbol.Bind();
        statement.Values.AppendInt(CassandraSchema.Part).AppendBlob(Encoding.BigEndianUnicode.GetBytes(symbol)).AppendText(symbol);
        (await store.Cql.ExecuteAsync(statement, cancellationToken)).Dispose();
        Remember(_symbols, symbol);
    }

    private void Remember<T>(HashSet<T> remembered, T entry)
    {
        lock (_lock)
        {
            if (remembered.Count >= RememberedMax)
                remembered.Clear();
            remembered.Add(entry);
        }
    }
}
