using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using StockAspire.Cql;

namespace StockAspire.Bench.Cassandra;

/// <summary>What <c>TickLoader</c> of the peers does, by <c>libs/Cql</c>: the same statements on the same table, in the same order.</summary>
internal sealed class CqlLoads : IAsyncDisposable
{
    private const string Columns = "symbol, bucket, ts, source, seq, price, size, venue, cond";
    private const string Table = "peers.ticks";

    /// <summary>As the peers' table, for writes beside what is measured.</summary>
    private const string SteadyTable = "peers.steady";

    private const int WarmUpRows = 300_000;
    private const int Lookups = 20_000;
    private const int LookupsWarmUp = 5_000;

    /// <summary>As long as the peers wait after a truncate.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    private readonly CqlSession _session;
    private readonly PeerTicks _ticks;

    private CqlLoads(CqlSession session, PeerTicks ticks) => (_session, _ticks) = (session, ticks);

    public static async Task<CqlLoads> OpenAsync(string contact, PeerTicks ticks)
    {
        var version = Environment.GetEnvironmentVariable("CQL_VERSION") == "5" ? Cql.ProtocolVersion.V5 : Cql.ProtocolVersion.V4;
        var session = await CqlSession.ConnectAsync(new CqlOptions
        {
            ContactPoints = [contact],
            RequestTimeout = TimeSpan.FromMinutes(1),
            Consistency = CqlConsistency.LocalOne,
            ProtocolVersion = version,
        });
        await MakeTablesAsync(session);
        return new CqlLoads(session, ticks);
    }

    /// <summary>The keyspace and the table of the peers, where they are missing.</summary>
    private static async Task MakeTablesAsync(CqlSession session)
    {
        await session.ExecuteAsync("CREATE KEYSPACE IF NOT EXISTS peers WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
        foreach (var table in new[] { Table, SteadyTable })
        {
            await session.ExecuteAsync($$"""
                CREATE TABLE IF NOT EXISTS {{table}} (
                    symbol text, bucket int, ts bigint, source text, seq bigint, price bigint, size bigint, venue text, cond text,
                    PRIMARY KEY ((symbol, bucket), ts, source, seq))
                WITH CLUSTERING ORDER BY (ts DESC, source ASC, seq ASC)
                    AND compaction = {'class': 'TimeWindowCompactionStrategy', 'compaction_window_unit': 'DAYS', 'compaction_window_size': 1}
                """);
        }
    }

    /// <summary>Empties a table, where it is there, and waits as long as the peers do.</summary>
    public static async Task TruncateAsync(string contact, string table)
    {
        await using var session = await CqlSession.ConnectAsync(new CqlOptions { ContactPoints = [contact], RequestTimeout = TimeSpan.FromMinutes(1) });
        try
        {
            await session.ExecuteAsync("TRUNCATE " + table);
            await Task.Delay(Settling);
        }
        catch (CqlServerException exception) when (exception.Code == CqlErrorCode.Invalid)
        {
            // Nobody has made it yet.
        }
    }

    /// <param name="variants">Rows of a batch (1: single inserts) and requests in flight.</param>
    public async Task WriteAsync(IReadOnlyList<(int Left, int Right)> variants)
    {
        var insert = await InsertAsync(Table);
        await WriteAsync(insert, 20, 16, Math.Min(WarmUpRows, _ticks.Count));
        foreach (var (rows, flight) in variants)
        {
            await _session.ExecuteAsync("TRUNCATE " + Table);
            await Task.Delay(Settling);
            var name = string.Create(CultureInfo.InvariantCulture, $"{(rows == 1 ? "insert" : $"batch {rows}")} x {flight} in flight");
            await CassandraClient.MeasureAsync(name, async () =>
            {
                await WriteAsync(insert, rows, flight, _ticks.Count);
                return _ticks.Count;
            });
        }
    }

    /// <summary>Writes batches of 50 into another table at that many rows a second, until standard input ends.</summary>
    public async Task WriteSteadilyAsync(int rowsPerSecond)
    {
        const int BatchRows = 50;
        var insert = await InsertAsync(SteadyTable);
        await using var sender = new Sender(_session, 64);

        // Reading the console blocks, whatever its methods are called.
        var ended = Task.Run(Console.In.ReadToEnd);
        Console.WriteLine("writing");
        var clock = Stopwatch.StartNew();
        var sent = 0L;
        while (!ended.IsCompleted)
        {
            foreach (var partition in _ticks.Read().Chunk(BatchRows).TakeWhile(_ => !ended.IsCompleted))
            {
                var batch = sender.Batch();
                foreach (var tick in partition)
                {
                    // One partition a batch, whatever symbols they are of.
                    Append(batch.Add(insert), tick with { Symbol = partition[0].Symbol, Bucket = partition[0].Bucket });
                }

                await sender.SendAsync(batch);
                sent += partition.Length;
                var early = TimeSpan.FromSeconds((double)sent / rowsPerSecond) - clock.Elapsed;
                if (early > TimeSpan.Zero)
                {
                    await Task.Delay(early);
                }
            }
        }
    }

    /// <param name="variants">Rows of a page, and callers.</param>
    public async Task ReadAsync(IReadOnlyList<(int Left, int Right)> variants)
    {
        var partitions = _ticks.Partitions();
        var select = await SelectAsync(string.Empty);
        await ReadAsync(partitions[..(partitions.Count / 8)], select, 5000, 2);
        foreach (var (page, callers) in variants)
        {
            await CassandraClient.MeasureAsync(
                string.Create(CultureInfo.InvariantCulture, $"read page {page} x {callers}"),
                () => ReadAsync(partitions, select, page, callers));
        }
    }

    /// <summary>The newest tick of a symbol whose newest bucket is known: one at a time, then 32 in flight.</summary>
    public async Task LatestAsync()
    {
        var newest = _ticks.Partitions().GroupBy(p => p.Symbol).Select(g => (Symbol: g.Key, Bucket: g.Max(p => p.Bucket))).ToArray();
        var select = await SelectAsync(" LIMIT 1");
        var random = new Random(7);
        using var statement = select.Bind();
        var took = new long[Lookups];
        for (var i = -LookupsWarmUp; i < took.Length; i++)
        {
            var (symbol, bucket) = newest[random.Next(newest.Length)];
            var start = Stopwatch.GetTimestamp();
            statement.ClearValues().AppendText(symbol).AppendInt(bucket);
            using var result = await _session.ExecuteAsync(statement);
            if (Sum(result) == 0)
            {
                throw new InvalidOperationException($"No tick of {symbol}.");
            }

            if (i >= 0)
            {
                took[i] = Stopwatch.GetTimestamp() - start;
            }
        }

        CassandraClient.PrintLatencies("latest, one at a time", took);
    }

    public ValueTask DisposeAsync() => _session.DisposeAsync();

    private async Task<PreparedStatement> InsertAsync(string table)
    {
        var insert = await _session.PrepareAsync($"INSERT INTO {table} ({Columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
        insert.IsIdempotent = true;
        return insert;
    }

    private async Task<PreparedStatement> SelectAsync(string end)
    {
        var select = await _session.PrepareAsync($"SELECT {Columns} FROM {Table} WHERE symbol = ? AND bucket = ?{end}");
        select.IsIdempotent = true;
        return select;
    }

    private async Task WriteAsync(PreparedStatement insert, int rows, int flight, int count)
    {
        await using var sender = new Sender(_session, flight);
        var pending = new BatchStatement?[PeerTicks.SymbolCount];
        var buckets = new int[PeerTicks.SymbolCount];
        foreach (var tick in _ticks.Read().Take(count))
        {
            if (rows == 1)
            {
                var single = sender.Single(insert);
                Append(single.ClearValues(), tick);
                await sender.SendAsync(single);
                continue;
            }

            ref var batch = ref pending[tick.Symbol];
            var full = batch is not null && buckets[tick.Symbol] != tick.Bucket ? batch : null;
            if (full is not null)
            {
                batch = null;
            }

            buckets[tick.Symbol] = tick.Bucket;
            batch ??= sender.Batch();
            Append(batch.Add(insert), tick);
            var next = batch.Count == rows ? batch : null;
            if (next is not null)
            {
                batch = null;
            }

            if (full is not null)
            {
                await sender.SendAsync(full);
            }

            if (next is not null)
            {
                await sender.SendAsync(next);
            }
        }

        foreach (var batch in pending.OfType<BatchStatement>())
        {
            await sender.SendAsync(batch);
        }
    }

    private void Append(ValueWriter values, in PeerTick tick) =>
        values.AppendText(_ticks.Symbols[tick.Symbol])
            .AppendInt(tick.Bucket)
            .AppendBigint(tick.TimeNs)
            .AppendText(PeerTicks.Source)
            .AppendBigint(tick.Sequence)
            .AppendBigint(tick.Price)
            .AppendBigint(tick.Size)
            .AppendText(tick.Venue)
            .AppendText(tick.Condition);

    private async Task<long> ReadAsync(List<(string Symbol, int Bucket)> partitions, PreparedStatement select, int page, int callers)
    {
        var next = -1;
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var (rows, sum) = (0L, 0L);
            using var statement = select.Bind();
            statement.PageSize = page;
            while (Interlocked.Increment(ref next) is var i && i < partitions.Count)
            {
                statement.ClearValues().AppendText(partitions[i].Symbol).AppendInt(partitions[i].Bucket);
                await foreach (var result in _session.ReadPagesAsync(statement))
                {
                    rows += result.RowCount;
                    sum += Sum(result);
                }
            }

            return sum == 0 ? 0 : rows;
        })));
        return counts.Sum();
    }

    /// <summary>Looks at every value of every row, as the peers do.</summary>
    private static long Sum(CqlResult result)
    {
        var sum = 0L;
        foreach (var row in result)
        {
            sum += row[0].GetText().Length + row[1].GetInt() + row[2].GetBigint() + row[3].GetText().Length + row[4].GetBigint()
                + row[5].GetBigint() + row[6].GetBigint() + row[7].GetText().Length + row[8].GetText().Length;
        }

        return sum;
    }

    /// <summary>Keeps a fixed number of requests in flight, and their statements for the next ones; disposing waits for all.</summary>
    private sealed class Sender(CqlSession session, int flight) : IAsyncDisposable
    {
        private readonly SemaphoreSlim _free = new(flight);
        private readonly ConcurrentBag<BatchStatement> _batches = [];
        private readonly ConcurrentBag<BoundStatement> _singles = [];
        private Exception? _failure;

        public BatchStatement Batch()
        {
            if (!_batches.TryTake(out var batch))
            {
                return new BatchStatement(CqlBatchKind.Unlogged) { IsIdempotent = true };
            }

            batch.Clear();
            return batch;
        }

        public BoundStatement Single(PreparedStatement prepared) => _singles.TryTake(out var single) ? single : prepared.Bind();

        public async ValueTask SendAsync(CqlStatement statement)
        {
            await _free.WaitAsync();
            if (_failure is not null)
            {
                throw new InvalidOperationException("A write failed.", _failure);
            }

            _ = RunAsync(statement);
        }

        public async ValueTask DisposeAsync()
        {
            for (var i = 0; i < flight; i++)
            {
                await _free.WaitAsync();
            }

            _free.Dispose();
            if (_failure is not null)
            {
                throw new InvalidOperationException("A write failed.", _failure);
            }
        }

        private async Task RunAsync(CqlStatement statement)
        {
            try
            {
                (await session.ExecuteAsync(statement)).Dispose();
            }
            catch (CqlException exception)
            {
                _failure = exception;
            }

            if (statement is BatchStatement batch)
            {
                _batches.Add(batch);
            }
            else
            {
                _singles.Add((BoundStatement)statement);
            }

            _free.Release();
        }
    }
}
