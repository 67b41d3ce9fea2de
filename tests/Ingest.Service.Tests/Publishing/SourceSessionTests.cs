using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using StockAspire.Ingest.Publishing;
using StockAspire.Ingest.Service.Tests.Harness;
using StockAspire.Ingest.Sources;

namespace StockAspire.Ingest.Service.Tests.Publishing;

public sealed class SourceSessionTests(KafkaFixture kafka)
{
    [Fact]
    public async Task When_a_producer_fails_its_successor_gets_everything_unacknowledged_in_order()
    {
        const int Chunks = 200;
        const int Rows = 50;
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers);
        var producer = host.Services.GetRequiredService<TickProducer>();
        var registry = host.Services.GetRequiredService<SessionRegistry>();
        var source = TestTicks.NewSource();
        List<ulong> acknowledged = [];
        var session = await registry.OpenAsync(
            new SessionRequest { Source = source, First = 1, Acknowledged = ack => acknowledged.Add(ack.Next) }, TestContext.Current.CancellationToken);
        var encoder = registry.CreateEncoder(session);
        for (var chunk = 0; chunk < Chunks; chunk++)
        {
            foreach (var tick in TestTicks.Range(1 + (ulong)(chunk * Rows), Rows))
            {
                encoder.Add(tick);
            }

            await session.SendAsync(encoder.Build(default)!, TestContext.Current.CancellationToken);
            if (chunk % 60 == 30)
            {
                producer.Current.Fail(new Error(ErrorCode.Local_Fatal, "made by the test"));
            }
        }

        session.Close();
        await session.Completion.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal(acknowledged.Order(), acknowledged);
        Assert.Equal((Chunks * Rows) + 1UL, acknowledged[^1]);
        var ticks = TopicContents.Ticks(kafka.BootstrapServers, source);
        Assert.Equal(Chunks * Rows, ticks.DistinctBy(tick => tick.Id).Count());
        Assert.Equal(Chunks * Rows, ticks.Select(tick => tick with { IngestTimeNs = 0 }).Distinct().Count());
        TopicContents.AssertSealed(TopicContents.Seals(kafka.BootstrapServers, source), ticks);
    }

    [Fact]
    public async Task An_abandoned_session_seals_nothing_more()
    {
        await using var host = await IngestHost.StartAsync(kafka.BootstrapServers);
        var registry = host.Services.GetRequiredService<SessionRegistry>();
        var source = TestTicks.NewSource();
        var session = await registry.OpenAsync(
            new SessionRequest { Source = source, First = 1, Acknowledged = _ => { } }, TestContext.Current.CancellationToken);
        var encoder = registry.CreateEncoder(session);
        session.Abandon(new SourceFencedException(source, 0, 1));
        encoder.Add(TestTicks.Make(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await session.SendAsync(encoder.Build(default)!, default));
        await session.Completion.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        Assert.IsType<SourceFencedException>(session.ClosedBecause);
        Assert.Empty(TopicContents.Seals(kafka.BootstrapServers, source));
    }
}
