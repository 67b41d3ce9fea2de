using System.Runtime.CompilerServices;
using Confluent.Kafka;
using StockAspire.TickStream;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Service.Tests.Pipeline;

public sealed class PipelineStatusTests
{
    [Fact]
    public async Task Status_CountsTicksPublishedAndStored_FromTheSinksCommits()
    {
        await using var broker = await TestBroker.StartAsync();
        TopicPartitionOffset committed;
        await using (var before = await broker.StartQueryAsync())
        {
            // What the Sink stored before this process began is no part of its counts.
            committed = await broker.ProduceAsync(Topics.Ticks, "SPY"u8.ToArray(), SampleTicks.Block(SampleTicks.Of("SPY", SampleTicks.Start, 1)));
            committed = new TopicPartitionOffset(committed.TopicPartition, committed.Offset + 1);
            TestBroker.Commit(before, committed);
        }

        await using var host = await broker.StartQueryAsync();
        var five = Enumerable.Range(2, 5).Select(i => SampleTicks.Of("SPY", SampleTicks.Start, (ulong)i)).ToList();
        var seven = Enumerable.Range(7, 7).Select(i => SampleTicks.Of("SPY", SampleTicks.Start, (ulong)i)).ToList();
        await broker.PublishAsync(five);
        await broker.PublishAsync(seven);
        await broker.ProduceAsync(Topics.DeadLetters, null, [1]);

        var lagging = await BecomesAsync(host, status => status.PublishedTicks == 12 && status.DeadLetters == 1 && status.Partitions.Sum(partition => partition.Lag) == 2);
        Assert.Equal((0, 12, 4), (lagging.StoredTicks, lagging.LagTicks, lagging.Partitions.Count));
        Assert.True(lagging.OldestUnstoredAgeMs > 0);
        Assert.Empty(lagging.Problems);

        TestBroker.Commit(host, new TopicPartitionOffset(committed.TopicPartition, committed.Offset + 1));
        var half = await BecomesAsync(host, status => status.StoredTicks > 0);
        Assert.Equal((12, 5, 7), (half.PublishedTicks, half.StoredTicks, half.LagTicks));

        TestBroker.Commit(host, new TopicPartitionOffset(committed.TopicPartition, committed.Offset + 2));
        var done = await BecomesAsync(host, status => status.LagTicks == 0);
        Assert.Equal((12, 12, 0), (done.PublishedTicks, done.StoredTicks, done.OldestUnstoredAgeMs));
        var partition = done.Partitions.Single(partition => partition.Partition == committed.Partition.Value);
        Assert.Equal((3, 3, 0), (partition.PublishedOffset, partition.CommittedOffset, partition.Lag));
    }

    [Fact]
    public async Task Status_AnswersWithTheProblem_WhileKafkaAndTheStoreAreAway()
    {
        var broker = await TestBroker.StartAsync();
        await using var host = await broker.StartQueryAsync();
        await broker.DisposeAsync();
        host.Store.Down = true;

        var status = await BecomesAsync(host, status => status.Problems.Count == 2);

        Assert.StartsWith("Kafka cannot be reached", status.Problems.Single(problem => problem.Side == Wire.PipelineSide.Kafka).Message, StringComparison.Ordinal);
        Assert.StartsWith("The tick store cannot be reached", status.Problems.Single(problem => problem.Side == Wire.PipelineSide.Store).Message, StringComparison.Ordinal);
        using var health = await host.Json.GetAsync(new Uri("/health", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.OK, health.StatusCode);
        Assert.StartsWith("Degraded", await health.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static Task<Wire.GetPipelineStatusResponse> BecomesAsync(
        QueryHost host, Func<Wire.GetPipelineStatusResponse, bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") => Eventually.BecomesAsync(
            what,
            () => host.Ops.GetPipelineStatusAsync(new Wire.GetPipelineStatusRequest(), cancellationToken: TestContext.Current.CancellationToken).ResponseAsync,
            condition);
}
