using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StockAspire.KafkaBroker.Tests.Apis;
using StockAspire.KafkaBroker.Tests.Security;

namespace StockAspire.KafkaBroker.Tests;

/// <summary>What an operator sees of a broker: metrics and health.</summary>
public sealed class OperationsTests
{
    [Fact]
    public async Task Metrics_tell_traffic_sizes_connections_and_the_lag_of_each_group()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        using var metrics = new Measurements(broker.Server);
        using (var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = broker.BootstrapServers }).Build())
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(i => producer.ProduceAsync("t", new() { Value = "value" })));
        }

        using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig { BootstrapServers = broker.BootstrapServers, GroupId = "g", EnableAutoCommit = false }).Build();
        consumer.Assign(new TopicPartitionOffset("t", 0, 0));
        for (var i = 0; i < 60; i++)
        {
            Assert.NotNull(consumer.Consume(TimeSpan.FromSeconds(60)));
        }

        consumer.Commit([new TopicPartitionOffset("t", 0, 60)]);
        Assert.Equal(40, metrics.Observe("stockaspire.broker.group.lag", "messaging.consumer.group.name=g"));
        Assert.Equal(100, metrics.Sum("stockaspire.broker.messages.in"));
        Assert.True(metrics.Sum("stockaspire.broker.messages.out") >= 60);
        Assert.True(metrics.Sum("stockaspire.broker.bytes.in") > 500);
        Assert.True(metrics.Sum("stockaspire.broker.bytes.out") > 500);
        Assert.Equal(metrics.Sum("stockaspire.broker.bytes.in"), metrics.Observe("stockaspire.broker.log.size"));
        Assert.True(metrics.Sum("stockaspire.broker.connections") >= 1);
        Assert.True(metrics.Sum("stockaspire.broker.request.duration", "messaging.kafka.api=Produce") > 0);
        Assert.Equal(0, metrics.Observe("stockaspire.broker.inflight.size"));
    }

    [Fact]
    public async Task Metrics_tell_who_was_kept_out()
    {
        using var files = new TemporaryDirectory();
        var users = TestCertificates.WriteSecret(Path.Combine(files.Path, "users"), KafkaBrokerServer.HashUser("stock", "stock-secret"));
        await using var broker = await EmbeddedBroker.StartAsync(o => (o.UsersFile, o.MaxConnections) = (users, 1));
        using var metrics = new Measurements(broker.Server);
        using var client = await RawClient.ConnectAsync(broker.Server.Port);
        await client.AskAsync("0011 0001 00000007 0001 78 0005 504c41494e");
        using (var second = await RawClient.ConnectAsync(broker.Server.Port))
        {
            Assert.Null(await second.ReceiveAsync());
        }

        Assert.Equal(1, metrics.Sum("stockaspire.broker.connections.rejected", "error.type=limit"));
        await client.AskAsync("0024 0000 00000007 0001 78 00000004 00610062");
        Assert.Null(await client.ReceiveAsync());
        Assert.Equal(1, metrics.Sum("stockaspire.broker.authentications.failed"));
        Assert.Equal(1, metrics.Sum("stockaspire.broker.connections.rejected", "error.type=request"));
    }

    [Fact]
    public async Task Health_is_good_while_the_broker_runs_and_bad_after_its_end()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        var check = new KafkaBrokerHealthCheck(broker.Server);
        Assert.Equal(HealthStatus.Healthy, (await check.CheckHealthAsync(new(), TestContext.Current.CancellationToken)).Status);
        await broker.Server.DisposeAsync();
        var result = await check.CheckHealthAsync(new(), TestContext.Current.CancellationToken);
        Assert.Equal((HealthStatus.Unhealthy, "The broker is stopped."), (result.Status, result.Description));
    }

    /// <summary>Adds up what one broker measures.</summary>
    private sealed class Measurements : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentDictionary<string, double> _sums = new();
        private readonly ConcurrentDictionary<string, double> _observed = new();

        public Measurements(KafkaBrokerServer broker)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (broker.Metrics.Owns(instrument))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
            _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
            _listener.Start();
        }

        public double Sum(string name, string tag = "") => _sums.GetValueOrDefault(name + tag);

        public double Observe(string name, string tag = "")
        {
            _observed.Clear();
            _listener.RecordObservableInstruments();
            return _observed[name + tag];
        }

        public void Dispose() => _listener.Dispose();

        private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var key = instrument.Name + (tags.IsEmpty ? "" : $"{tags[0].Key}={tags[0].Value}");
            var target = instrument.IsObservable ? _observed : _sums;
            target.AddOrUpdate(key, value, (_, sum) => sum + value);
        }
    }
}
