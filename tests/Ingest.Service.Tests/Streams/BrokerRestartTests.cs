using StockAspire.Ingest.Service.Tests.Harness;
using StockAspire.KafkaBroker;

namespace StockAspire.Ingest.Service.Tests.Streams;

/// <summary>The broker goes away while a stream is open.</summary>
public sealed class BrokerRestartTests
{
    [Fact]
    public async Task Streams_stay_open_while_the_broker_restarts_and_nothing_is_lost()
    {
        const int Blocks = 60;
        const int Rows = 200;
        var data = Directory.CreateTempSubdirectory("restart");
        var broker = await KafkaBrokerServer.StartAsync(new KafkaBrokerOptions { DataDirectory = data.FullName });
        var port = broker.Port;
        try
        {
            await using var host = await IngestHost.StartAsync(broker.BootstrapServers);
            var source = TestTicks.NewSource();
            using var call = host.Client.StreamTicks();
            await call.OpenAsync(source, first: 1);
            for (var block = 0; block < Blocks; block++)
            {
                await call.SendAsync(TestTicks.Block(1 + (ulong)(block * Rows), Rows));
                if (block is 20 or 40)
                {
                    await broker.DisposeAsync();
                    await call.SendAsync(TestTicks.Block(1 + (ulong)(++block * Rows), Rows));
                    broker = await KafkaBrokerServer.StartAsync(new KafkaBrokerOptions { DataDirectory = data.FullName, Port = port });
                }
            }

            Assert.Empty(await call.AckedAsync(Blocks * Rows));
            var ticks = TopicContents.Ticks(broker.BootstrapServers, source);
            Assert.Equal(Blocks * Rows, ticks.DistinctBy(tick => tick.Id).Count());
            Assert.Equal(Blocks * Rows, ticks.Select(tick => tick with { IngestTimeNs = 0 }).Distinct().Count());
            TopicContents.AssertSealed(TopicContents.Seals(broker.BootstrapServers, source), ticks);
        }
        finally
        {
            await broker.DisposeAsync();
            data.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task While_the_broker_is_away_nothing_is_acknowledged_and_the_reading_stops_at_the_limit()
    {
        var data = Directory.CreateTempSubdirectory("away");
        var broker = await KafkaBrokerServer.StartAsync(new KafkaBrokerOptions { DataDirectory = data.FullName });
        var port = broker.Port;
        try
        {
            await using var host = await IngestHost.StartAsync(
                broker.BootstrapServers, new Dictionary<string, string?> { ["Ingest:MaxInFlightTicksPerStream"] = "1000" });
            var source = TestTicks.NewSource();
            using var call = host.Client.StreamTicks();
            await call.OpenAsync(source, first: 1);
            await broker.DisposeAsync();
            for (var block = 0; block < 10; block++)
            {
                await call.SendAsync(TestTicks.Block(1 + (ulong)(block * 500), 500));
            }

            var first = await call.NextAsync();
            Assert.NotNull(first.Throttle);
            broker = await KafkaBrokerServer.StartAsync(new KafkaBrokerOptions { DataDirectory = data.FullName, Port = port });
            Assert.Empty(await call.AckedAsync(5_000));
            Assert.Equal(5_000, TopicContents.Ticks(broker.BootstrapServers, source).DistinctBy(tick => tick.Id).Count());
        }
        finally
        {
            await broker.DisposeAsync();
            data.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Stopping_the_service_acknowledges_what_it_took()
    {
        var data = Directory.CreateTempSubdirectory("stopping");
        await using (var broker = await KafkaBrokerServer.StartAsync(new KafkaBrokerOptions { DataDirectory = data.FullName }))
        {
            await using var host = await IngestHost.StartAsync(broker.BootstrapServers);
            var source = TestTicks.NewSource();
            using var call = host.Client.StreamTicks();
            await call.OpenAsync(source, first: 1);
            await call.SendAsync(TestTicks.Block(1, 1_000));
            await call.AckedAsync(1_000);
            var stopping = host.StopAsync();
            var failure = await call.FailureAsync();
            await stopping;

            // The connection's end may reach the client before the call's own status does: both mean "open again".
            Assert.True(failure.StatusCode is Grpc.Core.StatusCode.Unavailable or Grpc.Core.StatusCode.Internal, failure.ToString());
            var ticks = TopicContents.Ticks(broker.BootstrapServers, source);
            Assert.Equal(1_000, ticks.Count);
            TopicContents.AssertSealed(TopicContents.Seals(broker.BootstrapServers, source), ticks);
        }

        data.Delete(recursive: true);
    }
}
