using System.Diagnostics;
using System.Globalization;
using StockAspire.Market;
using StockAspire.TickStore;
using StockAspire.TickStore.Cassandra;

namespace StockAspire.Bench.Cassandra;

/// <summary>The same ticks through <see cref="ITickStore"/>, in its own tables: what the Sink and Query call.</summary>
internal sealed class StoreLoads : IAsyncDisposable
{
    public const string Keyspace = "bench_store";

    /// <summary>Some 50 of each of 500 symbols, as the peer has when it sends.</summary>
    private const int CallRows = 25_000;

    private const int WarmUpRows = 300_000;
    private const int Lookups = 20_000;
    private const int LookupsWarmUp = 5_000;

    private readonly string _contact;
    private readonly PeerTicks _ticks;
    private readonly ITickStore _store;
    private readonly Dictionary<string, ConditionSet> _conditions = [];

    public StoreLoads(string contact, PeerTicks ticks)
    {
        (_contact, _ticks) = (contact, ticks);
        var name = Environment.GetEnvironmentVariable("STORE_KEYSPACE") ?? Keyspace;
        _store = TickStores.Open($"cassandra://{contact}/{name}", new TickStoreOptions(), others: CassandraTickStores.Provider);
    }

    /// <param name="variants">Rows of a call in thousands, and calls at a time.</param>
    public async Task WriteAsync(IReadOnlyList<(int Left, int Right)> variants)
    {
        await _store.InitializeAsync(default);
        await WriteAsync(WarmUpRows, CallRows, 2);
        foreach (var (thousands, calls) in variants)
        {
            await CqlLoads.TruncateAsync(_contact, Keyspace + ".ticks");
            await CassandraClient.MeasureAsync(
                string.Create(CultureInfo.InvariantCulture, $"store write, {thousands},000 rows x {calls}"),
                () => WriteAsync(_ticks.Count, thousands * 1000, calls));
        }
    }

    /// <param name="variants">Of which the second is callers; each reads a symbol's whole day at a time.</param>
    public async Task ReadAsync(IReadOnlyList<(int Left, int Right)> variants)
    {
        await _store.InitializeAsync(default);
        await ReadAsync(_ticks.Symbols.Count / 8, 2);
        foreach (var (_, callers) in variants)
        {
            await CassandraClient.MeasureAsync(
                string.Create(CultureInfo.InvariantCulture, $"store range x {callers}"), () => ReadAsync(_ticks.Symbols.Count, callers));
        }
    }

    public async Task CountAsync() => await CassandraClient.MeasureAsync("store count", () => ReadAsync(_ticks.Symbols.Count, 2));

    public async Task LatestAsync()
    {
        await _store.InitializeAsync(default);
        var random = new Random(7);
        var took = new long[Lookups];
        for (var i = -LookupsWarmUp; i < took.Length; i++)
        {
            var symbol = _ticks.Symbols[random.Next(_ticks.Symbols.Count)];
            var start = Stopwatch.GetTimestamp();
            if (await _store.FindLatestAsync(symbol, long.MaxValue, long.MinValue, default) is null)
            {
                throw new InvalidOperationException($"No tick of {symbol}.");
            }

            if (i >= 0)
            {
                took[i] = Stopwatch.GetTimestamp() - start;
            }
        }

        CassandraClient.PrintLatencies("store latest, one at a time", took);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private async Task<long> WriteAsync(int count, int callRows, int calls)
    {
        var free = new Queue<StoredTick[]>(Enumerable.Range(0, calls).Select(_ => new StoredTick[callRows]));
        var running = new Queue<Task<StoredTick[]>>();
        var rows = free.Dequeue();
        var filled = 0;
        foreach (var tick in _ticks.Read().Take(count))
        {
            rows[filled++] = Stored(tick);
            if (filled == callRows)
            {
                running.Enqueue(WriteAsync(rows, filled));
                rows = free.TryDequeue(out var next) ? next : await running.Dequeue();
                filled = 0;
            }
        }

        await WriteAsync(rows, filled);
        await Task.WhenAll(running);
        return count;
    }

    private async Task<StoredTick[]> WriteAsync(StoredTick[] rows, int count)
    {
        await _store.WriteAsync(rows.AsMemory(0, count), default);
        return rows;
    }

    private async Task<long> ReadAsync(int symbols, int callers)
    {
        var next = -1;
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var (rows, sum) = (0L, 0L);
            while (Interlocked.Increment(ref next) is var i && i < symbols)
            {
                var scan = new TickScan { Symbol = _ticks.Symbols[i], StartNs = long.MinValue, EndNs = long.MaxValue };
                await foreach (var page in _store.ScanAsync(scan, default))
                {
                    rows += page.Length;
                    foreach (ref readonly var row in page.Span)
                    {
                        sum += row.Tick.EventTimeNs + row.Tick.Price.E9 + row.Tick.Size.E8 + row.Tick.Venue.Length + row.Tick.Conditions.Count;
                    }
                }
            }

            return sum == 0 ? 0 : rows;
        })));
        return counts.Sum();
    }

    private StoredTick Stored(in PeerTick tick) => new(TickOf(tick, _ticks, _conditions), tick.Sequence);

    /// <param name="conditions">Those made before.</param>
    public static Tick TickOf(in PeerTick tick, PeerTicks ticks, Dictionary<string, ConditionSet> conditions)
    {
        if (!conditions.TryGetValue(tick.Condition, out var set))
        {
            conditions.Add(tick.Condition, set = ConditionSet.Of(tick.Condition));
        }

        return new Tick
        {
            Id = new TickId(PeerTicks.Source, (ulong)tick.Sequence + 1),
            Symbol = ticks.Symbols[tick.Symbol],
            EventTimeNs = tick.TimeNs,
            IngestTimeNs = tick.TimeNs,
            Price = new Price(tick.Price),
            Size = new Size(tick.Size * 100_000_000),
            Venue = tick.Venue,
            Conditions = set,
        };
    }
}
