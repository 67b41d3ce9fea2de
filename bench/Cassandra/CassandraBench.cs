using StockAspire.Bench.Broker;
using StockAspire.Engines;

namespace StockAspire.Bench.Cassandra;

/// <summary>
/// The CQL client, the tick store and the Sink against the Java driver and a Java sink, on one warm Apache Cassandra: each load by
/// one after the other, in turns first, each in a process of its own. The first round warms the server up. Prints each figure,
/// then medians with their ratios.
/// </summary>
internal static class CassandraBench
{
    private const string Java = "Java driver";
    private const string Cql = "libs/Cql";
    private const string Store = "tick store";
    private const string JavaSink = "Java sink";
    private const string Sink = "Sink.Service";

    /// <summary>Rows a second written beside look-ups of the latest tick: a third of what the node can take.</summary>
    private const int SteadyRowsPerSecond = 40_000;

    public static async Task RunAsync(CassandraBenchOptions options)
    {
        if (options.FindMissing() is { } missing)
        {
            Console.WriteLine($"Skipped: {missing} The bench of Cassandra needs Apache Cassandra, Apache Kafka and the Java programs it compares with.");
            return;
        }

        var results = new Results();
        await using var node = new RealCassandra { Scripts = options.Engines };
        await node.StartAsync();
        var clients = new Clients(options, node);
        await using var kafka = new ApacheKafka(options.Engines);
        SinkLoads? sink = null;
        if (options.Loads.Contains(CassandraBenchOptions.Sink) || options.Backlog > 0)
        {
            await kafka.StartAsync();
            sink = new SinkLoads(options, clients, node, kafka.BootstrapServers);
            await sink.PrepareAsync();
        }

        foreach (var load in options.Loads)
        {
            for (var round = 0; round <= options.Rounds; round++)
            {
                await RunAsync(load, round, options, clients, sink, results);
            }
        }

        results.PrintMedians([Java, Cql, Store, JavaSink, Sink], [Java, JavaSink]);
        if (options.Backlog > 0)
        {
            await sink!.RunBacklogAsync(options.Backlog);
        }
    }

    private static async Task RunAsync(string load, int round, CassandraBenchOptions options, Clients clients, SinkLoads? sink, Results results)
    {
        string[] inserts = ["1x256", "1x1024"];
        string[] batches = ["50x32", "50x64"];
        string[] reads = ["5000x1", "5000x4"];
        switch (load)
        {
            case CassandraBenchOptions.Inserts:
                var few = options.Rows / 4;
                await InTurnAsync(
                    (Java, () => clients.PeerAsync("cassandra-write", clients.Contact, few, inserts)),
                    (Cql, () => clients.OursAsync(CassandraClient.CqlWrite, few, inserts)));
                break;
            case CassandraBenchOptions.Batches:
                await InTurnAsync(
                    (Java, () => clients.PeerAsync("cassandra-write", clients.Contact, options.Rows, batches)),
                    (Cql, () => clients.OursAsync(CassandraClient.CqlWrite, options.Rows, batches)),
                    (Store, () => clients.OursAsync(CassandraClient.StoreWrite, options.Rows, "25x2")));
                break;
            case CassandraBenchOptions.Reads:
                await FillOnceAsync();
                await InTurnAsync(
                    (Java, () => clients.PeerAsync("cassandra-read", clients.Contact, options.ReadRows, reads)),
                    (Cql, () => clients.OursAsync(CassandraClient.CqlRead, options.ReadRows, reads)),
                    (Store, () => clients.OursAsync(CassandraClient.StoreRead, options.ReadRows, reads)));
                break;
            case CassandraBenchOptions.Latest:
                await FillOnceAsync();
                await clients.BesideWritesAsync(SteadyRowsPerSecond, () => InTurnAsync(
                    (Java, () => clients.PeerAsync("cassandra-latest", clients.Contact, options.ReadRows)),
                    (Cql, () => clients.OursAsync(CassandraClient.CqlLatest, options.ReadRows)),
                    (Store, () => clients.OursAsync(CassandraClient.StoreLatest, options.ReadRows))));
                break;
            case CassandraBenchOptions.Sink:
                await InTurnAsync((JavaSink, sink!.JavaAsync), (Sink, sink.OursAsync));
                break;
        }

        // Partitions of a real size, the same for all that read.
        async Task FillOnceAsync()
        {
            if (round == 0)
            {
                await clients.OursAsync(CassandraClient.CqlWrite, options.ReadRows, "50x64");
                await clients.OursAsync(CassandraClient.StoreWrite, options.ReadRows, "25x2");
            }
        }

        // Whoever is first in one round is last in the next.
        async Task InTurnAsync(params (string Contender, Func<Task<List<Measured>>> Run)[] contenders)
        {
            foreach (var (contender, run) in round % 2 == 0 ? contenders : contenders.Reverse())
            {
                foreach (var line in await run())
                {
                    Report(contender, line);
                }
            }
        }

        void Report(string contender, Measured line)
        {
            var name = LoadOf(line.Name);
            if (line.HasRate)
            {
                results.Add(round, name + " [rows/s]", contender, line.RowsPerSecond);
                results.Add(round, name + ", client CPU [us/row]", contender, line.ClientUsPerRow);
                results.Add(round, name + ", server CPU [us/row]", contender, line.ServerUsPerRow);
                results.Add(round, name + ", client peak [MB]", contender, line.PeakMb);
                if (line.AllocatedPerRow is { } allocated)
                {
                    results.Add(round, name + ", allocated [B/row]", contender, allocated);
                }
            }
            else
            {
                results.Add(round, name + " p50 [us]", contender, line.P50Us);
                results.Add(round, name + " p99 [us]", contender, line.P99Us);
            }
        }
    }

    /// <summary>What loads are called that are the same for all: the store's is compared with the best of the driver.</summary>
    private static string LoadOf(string line) => line switch
    {
        _ when line.StartsWith("store write", StringComparison.Ordinal) => "batch 50 x 64 in flight",
        "store range x 1" => "read page 5000 x 1",
        "store range x 4" => "read page 5000 x 4",
        "store latest, one at a time" => "latest, one at a time",
        _ when line.Contains("sink", StringComparison.OrdinalIgnoreCase) => "Kafka to Cassandra",
        _ => line,
    };
}
