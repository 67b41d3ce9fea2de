using System.Globalization;
using StockAspire.Bench.Broker;
using StockAspire.Bench.Cassandra;
using StockAspire.Bench.Pipeline;

const string Usage = """
    usage: dotnet run -c Release --project bench -- VERB ...

    Ratios against a baseline in the same run; figures of two runs do not compare. Leave the machine alone meanwhile.

      pipeline FOLDER WARM-UP-FILE FILE...   the pipeline against plain programs on the same broker and disk, on trade
                                             files of FOLDER; each FILE gives one round
      tracing FILE ROUNDS                    what telemetry and traces cost the pipeline at full speed: a trade file from CSV to
                                             stored, with the AppHost's dashboard taking all, without traces, and without
                                             any telemetry
      broker [--engines DIR] [--rounds N] [--messages N] [--loads LOAD,...]
                                             the embedded broker in each fsync mode against Apache Kafka (DIR/kafka.sh)
                                             and librdkafka's mock cluster: net (produce, consume), through (both at once),
                                             latency, java (Kafka's own tools)
      broker-large [--gigabytes N]           memory of the embedded broker while N GB (10) are written and read, and how
                                             long it takes to start on them
      cassandra [--engines DIR] [--peers DIR] [--data DIR] [--rounds N] [--rows N] [--read-rows N] [--loads LOAD,...] [--backlog N]
                                             the CQL client, the tick store and the Sink against the Java driver and a Java
                                             sink (DIR/peers.sh) on one Apache Cassandra (DIR/cassandra.sh): insert, batch,
                                             read, latest, sink; then the Sink's memory on a backlog of N ticks

    examples:
      dotnet run -c Release --project bench -- pipeline ../shared/data ibm_20131007_trade.zip spy_20131008_trade.zip
      dotnet run -c Release --project bench -- tracing ../shared/data/spy_20131008_trade.zip 21
      dotnet run -c Release --project bench -- broker --engines ../shared/engines
      dotnet run -c Release --project bench -- cassandra --engines ../shared/engines --peers ../shared/peers --data ../shared/data
    """;

switch (args)
{
    case ["pipeline", var folder, .. { Length: > 0 } files]:
        await PipelineBench.RunAsync(folder, files);
        return 0;
    case ["tracing", var file, var count] when int.TryParse(count, CultureInfo.InvariantCulture, out var rounds) && rounds > 0:
        await TracingBench.RunAsync(file, rounds);
        return 0;
    case ["broker", .. var options]:
        await BrokerBench.RunAsync(BrokerBenchOptions.Parse(options));
        return 0;
    case ["broker-large", .. var options]:
        await LargeLogBench.RunAsync(LargeLogBench.ParseGigabytes(options));
        return 0;
    case ["cassandra", .. var options]:
        await CassandraBench.RunAsync(CassandraBenchOptions.Parse(options));
        return 0;
    case [CassandraClient.Verb, .. var arguments]:
        await CassandraClient.RunAsync(arguments);
        return 0;
    case [MockCluster.Verb]:
        await MockCluster.ServeAsync();
        return 0;
    default:
        Console.WriteLine(Usage);
        return args is ["-h" or "--help"] ? 0 : 2;
}
