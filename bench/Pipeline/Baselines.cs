using System.Diagnostics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Microsoft.Data.Sqlite;
using StockAspire.Market;

namespace StockAspire.Bench.Pipeline;

/// <summary>What a plain program would do with the same ticks, on the same broker and disk.</summary>
internal static class Baselines
{
    private const int RowsPerTransaction = 10_000;
    private static readonly TimeSpan Flush = TimeSpan.FromMinutes(5);

    /// <summary>A message per tick as JSON, with the settings of the pipeline's own producer.</summary>
    public static double ProduceEach(string bootstrapServers, string topic, ReadOnlySpan<Tick> ticks)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = bootstrapServers,
            Acks = Acks.All,
            EnableIdempotence = true,
            CompressionType = CompressionType.Lz4,
            LingerMs = 5,
            BatchSize = 512 * 1024,
            QueueBufferingMaxMessages = 500_000,
            DeliveryReportFields = "status",
        };
        using var producer = new ProducerBuilder<byte[], byte[]>(config).Build();
        var key = Encoding.UTF8.GetBytes(ticks[0].Symbol);
        var failed = 0;
        var clock = Stopwatch.StartNew();
        foreach (ref readonly var tick in ticks)
        {
            var message = new Message<byte[], byte[]> { Key = key, Value = Json(tick) };
            while (true)
            {
                try
                {
                    producer.Produce(topic, message, report => failed += report.Error.IsError ? 1 : 0);
                    break;
                }
                catch (ProduceException<byte[], byte[]> exception) when (exception.Error.Code == ErrorCode.Local_QueueFull)
                {
                    producer.Poll(TimeSpan.FromMilliseconds(10));
                }
            }
        }

        producer.Flush(Flush);
        clock.Stop();
        return failed == 0 ? ticks.Length / clock.Elapsed.TotalSeconds : throw new InvalidOperationException($"{failed} messages failed");
    }

    /// <summary>Prepared single-row inserts in key order, 10,000 a transaction, WAL.</summary>
    public static double InsertEach(string file, ReadOnlySpan<Tick> ticks)
    {
        using var connection = new SqliteConnection($"Data Source={file}");
        connection.Open();
        Execute(connection, "PRAGMA page_size=4096; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=16384; PRAGMA cache_size=-65536");
        Execute(connection, "CREATE TABLE ticks (symbol TEXT, event_time INTEGER, source TEXT, sequence INTEGER, price INTEGER, size INTEGER, venue TEXT, conditions TEXT, PRIMARY KEY (symbol, event_time, source, sequence)) WITHOUT ROWID");
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO ticks VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
        var parameters = Enumerable.Range(1, 8).Select(i => insert.Parameters.Add(new SqliteParameter("$" + i.ToString(CultureInfo.InvariantCulture), null))).ToArray();
        var clock = Stopwatch.StartNew();
        for (var start = 0; start < ticks.Length; start += RowsPerTransaction)
        {
            using var transaction = connection.BeginTransaction();
            insert.Transaction = transaction;
            foreach (ref readonly var tick in ticks.Slice(start, Math.Min(RowsPerTransaction, ticks.Length - start)))
            {
                parameters[0].Value = tick.Symbol;
                parameters[1].Value = tick.EventTimeNs;
                parameters[2].Value = tick.Id.Source;
                parameters[3].Value = (long)tick.Id.Sequence;
                parameters[4].Value = tick.Price.E9;
                parameters[5].Value = tick.Size.E8;
                parameters[6].Value = tick.Venue;
                parameters[7].Value = tick.Conditions.ToString();
                insert.ExecuteNonQuery();
            }

            transaction.Commit();
        }

        return ticks.Length / clock.Elapsed.TotalSeconds;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static byte[] Json(in Tick tick) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"source":"{{tick.Id.Source}}","sequence":{{tick.Id.Sequence}},"time":{{tick.EventTimeNs}},"price":"{{tick.Price}}","size":"{{tick.Size}}","venue":"{{tick.Venue}}"}"""));
}
