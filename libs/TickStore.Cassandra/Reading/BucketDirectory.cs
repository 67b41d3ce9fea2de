using System.Runtime.CompilerServices;
using StockAspire.Cql;

namespace StockAspire.TickStore.Cassandra.Reading;

/// <summary>The listed buckets of a symbol.</summary>
internal static class BucketDirectory
{
    /// <summary>Of the first page, where few buckets are likely to do, and growth to the last.</summary>
    private const int PageMin = 8;
    private const int PageGrowth = 8;
    private const int PageMax = 4096;

    /// <summary>From <paramref name="first"/> to <paramref name="last"/>, in order or in reverse.</summary>
    /// <param name="few">Whether the first few are likely to be enough.</param>
    public static async IAsyncEnumerable<long> ReadAsync(
        StoreSession store, string symbol, long first, long last, bool descending, bool few, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var statement = (descending ? store.SelectBucketsDown : store.SelectBucketsUp).Bind();
        statement.Values.AppendText(symbol).AppendBigint(first).AppendBigint(last);
        statement.PageSize = few ? PageMin : PageMax;
        ReadOnlyMemory<byte> state = default;
        do
        {
            var buckets = Array.Empty<long>();
            using (var page = await store.Cql.ExecuteAsync(statement, state, cancellationToken))
            {
                buckets = Read(page);
                state = page.PagingState;
            }

            foreach (var bucket in buckets)
                yield return bucket;
            statement.PageSize = Math.Min(statement.PageSize.Value * PageGrowth, PageMax);
        }
        while (!state.IsEmpty);
    }

    /// <summary>The first or last listed bucket of a symbol; null where none is.</summary>
    public static async Task<long?> FindEndAsync(StoreSession store, string symbol, bool descending, CancellationToken cancellationToken)
    {
        using var statement = (descending ? store.SelectBucketsDown : store.SelectBucketsUp).Bind();
        statement.Values.AppendText(symbol).AppendBigint(long.MinValue).AppendBigint(long.MaxValue);
        statement.PageSize = 1;
        using var page = await store.Cql.ExecuteAsync(statement, cancellationToken);
        return Read(page) is [var bucket, ..] ? bucket : null;
    }

    private static long[] Read(CqlResult page)
    {
        var buckets = new long[page.RowCount];
        var i = 0;
        foreach (var row in page)
            buckets[i++] = row[0].GetBigint();
        return buckets;
    }
}
