using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace StockAspire.TickStream.Tests;

public sealed class CompactedTopicTests(BrokerFixture broker) : IClassFixture<BrokerFixture>
{
    private const int Records = 500;

    [Fact]
    public async Task CaughtUpAsync_returns_after_everything_that_was_there_was_handled_in_order()
    {
        await broker.Setup().EnsureAsync(TestContext.Current.CancellationToken);
        using var producer = broker.Clients().CreateProducer("test");
        var seen = new ConcurrentQueue<string>();
        Produce(producer, Topics.Seals, 0);

        await using var topic = CompactedTopic.Follow(broker.Clients(), Topics.Seals, (key, _) => seen.Enqueue(Encoding.UTF8.GetString(key)), NullLoggerFactory.Instance);
        await topic.CaughtUpAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Keys(0), seen);

        Produce(producer, Topics.Seals, Records);
        await topic.CaughtUpAsync(TestContext.Current.CancellationToken);
        Assert.Equal([.. Keys(0), .. Keys(Records)], seen);
    }

    [Fact]
    public async Task CaughtUpAsync_of_an_empty_topic_returns()
    {
        await CreateAsync("empty");
        await using var topic = CompactedTopic.Follow(broker.Clients(), "empty", (_, _) => { }, NullLoggerFactory.Instance);

        await topic.CaughtUpAsync(TestContext.Current.CancellationToken);

        Assert.False(topic.Completion.IsCompleted);
    }

    [Fact]
    public async Task A_handler_that_throws_fails_every_wait_with_its_exception()
    {
        await CreateAsync("broken");
        using var producer = broker.Clients().CreateProducer("test");
        Produce(producer, "broken", 0);
        await using var topic = CompactedTopic.Follow(broker.Clients(), "broken", (_, _) => throw new FormatException("bad record"), NullLoggerFactory.Instance);

        var failure = await Assert.ThrowsAsync<FormatException>(() => topic.CaughtUpAsync(TestContext.Current.CancellationToken));

        Assert.Equal("bad record", failure.Message);
        await Assert.ThrowsAsync<FormatException>(() => topic.Completion);
    }

    [Fact]
    public async Task A_wait_ends_when_the_reader_is_disposed_or_the_caller_gives_up()
    {
        await CreateAsync("ended");
        var topic = CompactedTopic.Follow(broker.Clients(), "ended", (_, _) => { }, NullLoggerFactory.Instance);
        await topic.DisposeAsync();
        await Assert.ThrowsAnyAsync<ObjectDisposedException>(() => topic.CaughtUpAsync(TestContext.Current.CancellationToken));
    }

    private static IEnumerable<string> Keys(int first) => Enumerable.Range(first, Records).Select(i => $"key-{i}");

    private static void Produce(IProducer<byte[], byte[]> producer, string topic, int first)
    {
        foreach (var key in Keys(first))
        {
            producer.Produce(new TopicPartition(topic, 0), new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(key), Value = [1] });
        }

        producer.Flush(TestContext.Current.CancellationToken);
    }

    private async Task CreateAsync(string topic)
    {
        using var admin = broker.Clients().CreateAdmin("test");
        await admin.CreateTopicsAsync([new Confluent.Kafka.Admin.TopicSpecification { Name = topic, NumPartitions = 1, ReplicationFactor = 1 }]);
    }
}
