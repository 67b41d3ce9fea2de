using Confluent.Kafka;
using Confluent.Kafka.Admin;
using StockAspire.KafkaBroker.Tests.Processes;

namespace StockAspire.KafkaBroker.Tests.Clients;

/// <summary>The broker's executable with a port and a folder of its own, to be killed and started again under its clients.</summary>
internal sealed class RestartableBroker : IDisposable
{
    public const string Topic = "t";

    private readonly TemporaryDirectory _data = new();
    private readonly int _port = FreePorts.Take();
    private BrokerProcess _process = null!;

    private RestartableBroker()
    {
    }

    public string BootstrapServers => $"127.0.0.1:{_port}";

    public string DataDirectory => _data.Path;

    public static async Task<RestartableBroker> StartAsync(int partitions)
    {
        var broker = new RestartableBroker();
        await broker.StartAgainAsync();
        if (partitions > 0)
        {
            using var admin = broker.Admin();
            await admin.CreateTopicsAsync([new TopicSpecification { Name = Topic, NumPartitions = partitions, ReplicationFactor = 1 }]);
        }

        return broker;
    }

    /// <summary>Ends it by SIGKILL.</summary>
    public async Task KillAsync()
    {
        await _process.KillAsync();
        _process.Dispose();
    }

    public async Task StartAgainAsync() => _process = await BrokerProcess.StartAsync(_port, _data.Path);

    public IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers }).SetLogHandler((_, _) => { }).Build();

    /// <summary>The first segment of a partition.</summary>
    public string SegmentPath(int partition) =>
        Directory.GetFiles(_data.Path, "00000000000000000000.log", SearchOption.AllDirectories).Single(f => Path.GetFileName(Path.GetDirectoryName(f)) == $"{partition}");

    /// <summary>What a group has committed, by partition.</summary>
    public async Task<Dictionary<int, long>> CommittedAsync(string group)
    {
        using var admin = Admin();
        var listed = await admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(group, null)]);
        return listed[0].Partitions.ToDictionary(p => p.Partition.Value, p => p.Offset.Value);
    }

    public Task UntilCommittedAsync(string group, Dictionary<int, long> wanted)
    {
        var expected = Text(wanted);
        return Eventually.BecomesAsync($"committed {expected}", async () => Text(await CommittedAsync(group)), committed => committed == expected);

        static string Text(Dictionary<int, long> offsets) => string.Join(", ", offsets.OrderBy(offset => offset.Key));
    }

    /// <summary>The ends of all partitions that hold something.</summary>
    public async Task<Dictionary<int, long>> EndsAsync(int partitions)
    {
        using var admin = Admin();
        var listed = await admin.ListOffsetsAsync(Enumerable.Range(0, partitions)
            .Select(p => new TopicPartitionOffsetSpec { TopicPartition = new TopicPartition(Topic, p), OffsetSpec = OffsetSpec.Latest() }));
        return listed.ResultInfos.Select(r => r.TopicPartitionOffsetError).Where(r => r.Offset.Value > 0).ToDictionary(r => r.Partition.Value, r => r.Offset.Value);
    }

    public void Dispose()
    {
        _process.Dispose();
        _data.Dispose();
    }
}
