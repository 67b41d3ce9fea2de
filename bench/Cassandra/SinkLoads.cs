using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using StockAspire.Engines;
using StockAspire.Market;
using StockAspire.Market.Blocks;
using StockAspire.TickStream;

namespace StockAspire.Bench.Cassandra;

/// <summary>
/// From a Kafka topic to rows in Cassandra: Sink.Service on blocks, as Ingest makes them of 4,096 ticks that come in together, and the
/// Java sink on the same ticks as JSON. Both are measured from when they have their partitions until all is stored.
/// </summary>
internal sealed class SinkLoads(CassandraBenchOptions options, Clients clients, RealCassandra node, string bootstrapServers)
{
    private const string JsonTopic = "json-ticks";
    private const string Keyspace = "bench_sink";
    private const int Partitions = 4;
    private const int ChunkTicks = 4096;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(5);

    private static string Program => Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "..", "..", "Sink.Service", "bin", "Release", "net10.0", "StockAspire.Sink.Service.dll"));

    public async Task PrepareAsync()
    {
        await clients.PeerAsync("kafka-ticks", bootstrapServers, options.Rows, JsonTopic);
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = Topics.Ticks, NumPartitions = Partitions, ReplicationFactor = 1 }]);
    }

    public Task<List<Measured>> JavaAsync() => clients.PeerAsync("java-sink", bootstrapServers, options.Rows, node.ContactPoints, JsonTopic);

    public async Task<List<Measured>> OursAsync()
    {
        await CqlLoads.TruncateAsync(node.ContactPoints, Keyspace + ".ticks");
        Produce(options.Rows);
        var line = await DrainAsync(options.Rows, watch: false);
        var stored = await clients.CountAsync(Keyspace, options.Rows);
        return stored == options.Rows ? [line] : throw new InvalidOperationException($"{stored} of {options.Rows} rows are stored.");
    }

    /// <summary>Prints the Sink's memory while it works off a backlog.</summary>
    public async Task RunBacklogAsync(int ticks)
    {
        await CqlLoads.TruncateAsync(node.ContactPoints, Keyspace + ".ticks");
        Produce(ticks);
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Sink.Service on a backlog of {ticks:n0} ticks: seconds, ticks to go, resident MB"));
        var line = await DrainAsync(ticks, watch: true);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak {line.PeakMb:f0} MB, {line.RowsPerSecond:n0} rows/s"));
    }

    /// <summary>A record for each symbol of a chunk.</summary>
    private void Produce(int count)
    {
        var ticks = new PeerTicks(options.Data, count);
        var config = new ProducerConfig
        {
            BootstrapServers = bootstrapServers,
            Acks = Acks.All,
            EnableIdempotence = true,
            CompressionType = CompressionType.Lz4,
            LingerMs = 20,
            Partitioner = Partitioner.Murmur2Random,
        };
        using var producer = new ProducerBuilder<byte[], byte[]>(config).Build();
        var keys = ticks.Symbols.Select(Encoding.UTF8.GetBytes).ToArray();
        var writers = ticks.Symbols.Select(_ => new TickBlockWriter()).ToArray();
        var conditions = new Dictionary<string, ConditionSet>();
        foreach (var chunk in ticks.Read().Chunk(ChunkTicks))
        {
            foreach (var tick in chunk)
            {
                writers[tick.Symbol].TryAdd(StoreLoads.TickOf(tick, ticks, conditions));
            }

            for (var i = 0; i < writers.Length; i++)
            {
                if (writers[i].Count > 0)
                {
                    Send(producer, new Message<byte[], byte[]> { Key = keys[i], Value = writers[i].ToArray() });
                    writers[i].Clear();
                }
            }
        }

        producer.Flush(TimeSpan.FromMinutes(5));
    }

    private static void Send(IProducer<byte[], byte[]> producer, Message<byte[], byte[]> message)
    {
        while (true)
        {
            try
            {
                producer.Produce(Topics.Ticks, message);
                return;
            }
            catch (ProduceException<byte[], byte[]> exception) when (exception.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Poll(Poll);
            }
        }
    }

    /// <summary>Runs the Sink until it has committed everything.</summary>
    private async Task<Measured> DrainAsync(int rows, bool watch)
    {
        using var sink = Start();
        var assigned = new TaskCompletionSource();
        sink.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("Partitions assigned", StringComparison.Ordinal) == true)
            {
                assigned.TrySetResult();
            }
        };
        sink.BeginOutputReadLine();
        var ended = sink.WaitForExitAsync();
        if (await Task.WhenAny(assigned.Task, ended) == ended)
        {
            throw new InvalidOperationException($"The Sink ended with {sink.ExitCode}.");
        }

        var meter = new ProcessMeter(sink.Id, node.Pid(1));
        using var group = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = bootstrapServers, GroupId = ConsumerGroups.Sink }).Build();
        var partitions = Enumerable.Range(0, Partitions).Select(i => new TopicPartition(Topics.Ticks, i)).ToList();
        var ends = partitions.ToDictionary(p => p, p => group.QueryWatermarkOffsets(p, Limit).High.Value);
        var (clock, watched) = (Stopwatch.StartNew(), TimeSpan.Zero);
        while (!ended.IsCompleted && Left() is > 0 and var left)
        {
            if (watch && clock.Elapsed > watched)
            {
                watched = clock.Elapsed + WatchInterval;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds,8:f0} {left,12:n0} records {ProcessMeter.MemoryMb(sink.Id, peak: false),8:f0}"));
            }

            await Task.Delay(Poll);
        }

        var line = ended.IsCompleted ? throw new InvalidOperationException($"The Sink ended with {sink.ExitCode}.") : meter.Line("sink", rows);
        _ = NativeMethods.Kill(sink.Id, NativeMethods.Terminate);
        await ended;
        return Measured.Parse(line)!;

        // -1001 stands for nothing committed yet.
        long Left() => group.Committed(partitions, Limit).Sum(offset => ends[offset.TopicPartition] - Math.Max(0, offset.Offset.Value));
    }

    private Process Start()
    {
        var start = new ProcessStartInfo("dotnet", [Program, "--Kestrel:Endpoints:http:Url=http://127.0.0.1:0"]) { RedirectStandardOutput = true };
        start.Environment["ConnectionStrings__kafka"] = bootstrapServers;
        start.Environment["ConnectionStrings__tickstore"] = $"cassandra://{node.ContactPoints}/{Keyspace}";
        start.Environment["Kafka__TopicPartitions"] = Partitions.ToString(CultureInfo.InvariantCulture);
        return Process.Start(start)!;
    }

    private static class NativeMethods
    {
        public const int Terminate = 15;

        [DllImport("libc", EntryPoint = "kill")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Kill(int processId, int signal);
    }
}
