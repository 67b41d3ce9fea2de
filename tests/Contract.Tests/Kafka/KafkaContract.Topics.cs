using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace StockAspire.Contract.Tests.Kafka;

/// <summary>Making topics and making them larger: what is only checked, and what is refused.</summary>
public abstract partial class KafkaContract
{
    [Fact]
    public async Task A_topic_that_is_only_checked_is_not_made()
    {
        using var admin = Admin();
        using var client = await ConnectAsync();
        var check = new CreateTopicsOptions { ValidateOnly = true };
        await admin.CreateTopicsAsync([new() { Name = _topic, NumPartitions = 3, ReplicationFactor = 1 }], check);
        Assert.Equal(UnknownTopicOrPartition, (await ProduceAsync(client, OneRecord())).Error);
        await CreateAsync(1);
        var exists = await Assert.ThrowsAsync<CreateTopicsException>(() => admin.CreateTopicsAsync([new() { Name = _topic, NumPartitions = 3, ReplicationFactor = 1 }], check));
        Assert.Equal(ErrorCode.TopicAlreadyExists, exists.Results[0].Error.Code);
    }

    [Fact]
    public async Task More_partitions_that_are_only_checked_are_not_made()
    {
        using var admin = Admin();
        using var client = await ConnectAsync();
        await CreateAsync(1);
        await admin.CreatePartitionsAsync([new() { Topic = _topic, IncreaseTo = 2 }], new() { ValidateOnly = true });
        Assert.Equal(UnknownTopicOrPartition, (await ProduceAsync(client, OneRecord(), partition: 1)).Error);
        await admin.CreatePartitionsAsync([new() { Topic = _topic, IncreaseTo = 2 }]);
        await Eventually.TrueAsync("the new partition", async () => (await ProduceAsync(client, OneRecord(), partition: 1)).Error == 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("ä")]
    public async Task A_name_that_no_topic_may_have_is_refused(string name) => Assert.Equal(17, await CreateRawAsync(name));

    [Fact]
    public async Task A_name_may_have_249_characters()
    {
        Assert.Equal(0, await CreateRawAsync((_topic + new string('n', 249))[..249]));
        Assert.Equal(17, await CreateRawAsync((_topic + new string('n', 250))[..250]));
    }

    [Fact]
    public async Task A_topic_may_name_the_brokers_of_its_partitions_but_not_their_number_too()
    {
        Assert.Equal(0, await CreateRawAsync(_topic + "-a", -1, -1, (0, 1), (1, 1)));
        Assert.Equal(42, await CreateRawAsync(_topic + "-b", 2, -1, (0, 1), (1, 1)));
        Assert.Equal(42, await CreateRawAsync(_topic + "-c", -1, 1, (0, 1)));
        Assert.Equal(39, await CreateRawAsync(_topic + "-d", -1, -1, (1, 1), (2, 1)));
        Assert.Equal(39, await CreateRawAsync(_topic + "-e", -1, -1, (0, 99)));
        Assert.Equal(37, await CreateRawAsync(_topic + "-f", -2));
        Assert.Equal(38, await CreateRawAsync(_topic + "-g", 1, 0));
    }

    private async Task<short> CreateRawAsync(string name, int partitions = 1, short replicas = 1, params (int Partition, int Broker)[] assigned)
    {
        using var client = await ConnectAsync();
        var answer = new WireAnswer(await client.AskAsync(Wire.Header(19, 4) + Wire.Array(Wire.String(name) + Wire.I32(partitions) + Wire.I16(replicas)
            + Wire.Array([.. assigned.Select(a => Wire.I32(a.Partition) + Wire.Array(Wire.I32(a.Broker)))]) + Wire.Array()) + Wire.I32(30_000) + Wire.I8(0)));
        answer.I32(); // throttle
        return answer.Array(() => (answer.String(), Error: answer.I16(), answer.String()))[0].Error;
    }
}
