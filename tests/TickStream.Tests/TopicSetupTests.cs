using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace StockAspire.TickStream.Tests;

public sealed class TopicSetupTests(BrokerFixture broker) : IClassFixture<BrokerFixture>
{
    [Fact]
    public async Task EnsureAsync_twice_makes_the_topics_once_and_gives_the_same_id()
    {
        var first = await broker.Setup().EnsureAsync(TestContext.Current.CancellationToken);
        var second = await broker.Setup().EnsureAsync(TestContext.Current.CancellationToken);

        Assert.NotEqual(Guid.Empty, first);
        Assert.Equal(first, second);
        using var admin = broker.Clients().CreateAdmin("test");
        var topics = admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics.ToDictionary(topic => topic.Topic, topic => topic.Partitions.Count);
        Assert.Equal(8, topics[Topics.Ticks]);
        Assert.Equal(1, topics[Topics.Seals]);
        Assert.Equal(1, topics[Topics.Sources]);
        Assert.Equal(1, topics[Topics.DeadLetters]);
        var seals = new ConfigResource { Type = ResourceType.Topic, Name = Topics.Seals };
        var configs = await admin.DescribeConfigsAsync([seals]);
        Assert.Equal("compact", configs[0].Entries["cleanup.policy"].Value);
    }

    [Fact]
    public async Task EnsureAsync_with_another_number_of_partitions_names_both_and_the_key()
    {
        await broker.Setup().EnsureAsync(TestContext.Current.CancellationToken);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => broker.Setup(partitions: 12).EnsureAsync(TestContext.Current.CancellationToken));

        Assert.Contains("Kafka:TopicPartitions is 12", refused.Message, StringComparison.Ordinal);
        Assert.Contains("made with 8 partitions", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EnsureAsync_without_a_broker_throws()
    {
        var options = Microsoft.Extensions.Options.Options.Create(new KafkaOptions { BootstrapServers = "127.0.0.1:1" });
        var setup = new TopicSetup(
            new KafkaClients(options, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance),
            options,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<TopicSetup>.Instance);

        await Assert.ThrowsAnyAsync<KafkaException>(() => setup.EnsureAsync(TestContext.Current.CancellationToken));
    }
}
