using System.Diagnostics;
using Confluent.Kafka;

namespace StockAspire.KafkaBroker.Tests.Clients;

/// <summary>Members of a group (Confluent.Kafka) whose broker is killed and comes back: the group is as it was.</summary>
public sealed class GroupThroughRestartTests
{
    private const int Records = 100;

    [Theory]
    [InlineData(PartitionAssignmentStrategy.Range, false)]
    [InlineData(PartitionAssignmentStrategy.Range, true)]
    [InlineData(PartitionAssignmentStrategy.CooperativeSticky, false)]
    public async Task Members_go_on_through_kill_9_of_the_broker_without_a_rebalance(PartitionAssignmentStrategy strategy, bool isStatic)
    {
        using var broker = await RestartableBroker.StartAsync(partitions: 4);
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = broker.BootstrapServers, EnableIdempotence = true, ReconnectBackoffMs = 20, ReconnectBackoffMaxMs = 100 })
            .SetLogHandler((_, _) => { }).Build();
        var changes = 0;
        IConsumer<string, string>[] members = [Join("one"), Join("two")];
        try
        {
            Poll(members, () => Array.TrueForAll(members, m => m.Assignment.Count == 2));
            await WriteReadAndCommitAsync();
            var (changesBefore, assignedBefore) = (changes, Assigned());
            for (var restart = 0; restart < 3; restart++)
            {
                await broker.KillAsync();
                await broker.StartAgainAsync();
                await WriteReadAndCommitAsync();
            }

            Assert.Equal(changesBefore, changes);
            Assert.Equal(assignedBefore, Assigned());
        }
        finally
        {
            Array.ForEach(members, m => m.Dispose());
        }

        string[] Assigned() => [.. members.Select(m => $"{m.MemberId}: {string.Join(", ", m.Assignment)}")];

        // A commit is refused if it comes from a stranger or a member of another generation.
        async Task WriteReadAndCommitAsync()
        {
            await Task.WhenAll(Enumerable.Range(0, Records).Select(i => producer.ProduceAsync(new TopicPartition(RestartableBroker.Topic, i % 4), new() { Key = "", Value = "" })));
            var read = 0;
            Poll(members, () => read == Records, () => read++);
            Array.ForEach(members, m => m.Commit());
        }

        IConsumer<string, string> Join(string name)
        {
            var config = new ConsumerConfig
            {
                BootstrapServers = broker.BootstrapServers,
                GroupId = "g",
                GroupInstanceId = isStatic ? name : null,
                PartitionAssignmentStrategy = strategy,
                AutoOffsetReset = AutoOffsetReset.Earliest,
                EnableAutoCommit = false,
                SessionTimeoutMs = 30_000,
                HeartbeatIntervalMs = 200,
                ReconnectBackoffMs = 20,
                ReconnectBackoffMaxMs = 100,
            };
            var member = new ConsumerBuilder<string, string>(config)
                .SetPartitionsAssignedHandler((_, _) => changes++)
                .SetPartitionsRevokedHandler((_, _) => changes++)
                .SetPartitionsLostHandler((_, _) => changes++)
                .SetLogHandler((_, _) => { })
                .Build();
            member.Subscribe(RestartableBroker.Topic);
            return member;
        }
    }

    private static void Poll(IConsumer<string, string>[] members, Func<bool> isDone, Action? onRecord = null)
    {
        var start = Stopwatch.GetTimestamp();
        while (!isDone())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < ClientProgram.Patience, "The members do not come to it.");
            foreach (var member in members)
            {
                if (member.Consume(TimeSpan.FromMilliseconds(20)) is not null)
                {
                    onRecord?.Invoke();
                }
            }
        }
    }
}
