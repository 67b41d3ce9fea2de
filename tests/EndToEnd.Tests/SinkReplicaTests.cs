using Confluent.Kafka;
using Microsoft.Data.Sqlite;
using StockAspire.EndToEnd.Tests.Harness;
using StockAspire.LocalHosting;
using StockAspire.TickStream;

namespace StockAspire.EndToEnd.Tests;

/// <summary>Two Sinks on the embedded engines: they share the partitions of the topic, and take turns in one SQLite file.</summary>
public sealed class SinkReplicaTests
{
    private const string Source = "replicas";
    private const int Rows = 40_000;
    private const int Symbols = 64;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Two_sinks_on_one_file_lose_and_double_nothing_though_one_is_killed()
    {
        await using var pipeline = await Pipeline.StartAsync(builder => builder.CreateResourceBuilder<ProjectResource>("sink").WithReplicas(2));
        await BothHavePartitionsAsync(pipeline.Kafka);

        var killed = false;
        await new TickClient(pipeline.Ingest, Source).PublishAsync(
            [.. Enumerable.Range(1, Rows).Select(i => new TradeRow((ulong)i, $"REP{i % Symbols}", 1_600_000_000_000_000_000 + i, i, 100_000_000, "X", "1", false))],
            Limit,
            sequence =>
            {
                if (!killed && sequence > Rows / 4)
                {
                    killed = true;
                    ProgramRun.Signal(pipeline.ProcessId("sink-2"), 9);
                }

                return Task.CompletedTask;
            });
        Assert.True(killed);

        var reader = new TickReader(pipeline);
        await reader.DrainedAsync();
        var (findings, summary) = await reader.VerifyAsync(Source);
        Assert.Empty(findings);
        Assert.Equal((true, (long)Rows, (long)Rows), (summary.Ok, summary.Sealed, summary.Stored));
        Assert.Equal(Rows, CountRows(pipeline.TickStoreFile));
    }

    private static async Task BothHavePartitionsAsync(string kafka)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka }).Build();
        await Eventually.TrueAsync(
            "each Sink with half of the partitions",
            async () =>
            {
                var groups = await admin.DescribeConsumerGroupsAsync([ConsumerGroups.Sink]);
                return groups.ConsumerGroupDescriptions[0].Members.Select(member => member.Assignment.TopicPartitions.Count).SequenceEqual([4, 4]);
            },
            Limit);
    }

    /// <summary>Asked of SQLite itself.</summary>
    private static long CountRows(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM tick_rows WHERE source = $source";
        command.Parameters.AddWithValue("$source", Source);
        return (long)command.ExecuteScalar()!;
    }
}
