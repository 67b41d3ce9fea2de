using System.Globalization;

namespace StockAspire.Bench.Broker;

/// <summary>
/// The embedded broker against Apache Kafka and librdkafka's mock cluster. All run at once and are loaded in turn, each load on
/// a fresh topic; the first round warms up. Prints each figure, then medians with their ratios.
/// </summary>
internal static class BrokerBench
{
    private const int LatencyRate = 10_000;
    private static readonly TimeSpan LatencyDuration = TimeSpan.FromSeconds(8);

    public static async Task RunAsync(BrokerBenchOptions options)
    {
        var contenders = new List<Contender> { new EmbeddedBroker("none"), new EmbeddedBroker("interval"), new EmbeddedBroker("commit"), new MockCluster() };
        if (options.Engines is not null)
        {
            contenders.Add(new ApacheKafka(options.Engines));
        }

        var results = new Results();
        try
        {
            foreach (var contender in contenders)
            {
                await contender.StartAsync();
            }

            for (var round = 0; round <= options.Rounds; round++)
            {
                foreach (var contender in contenders)
                {
                    await RunAsync(contender, options, round, (load, value) => results.Add(round, load, contender.Name, value));
                }
            }
        }
        finally
        {
            foreach (var contender in contenders)
            {
                await contender.DisposeAsync();
            }
        }

        results.PrintMedians([.. contenders.Select(c => c.Name)], [.. contenders.Where(c => c is not EmbeddedBroker).Select(c => c.Name)]);
    }

    private static async Task RunAsync(Contender contender, BrokerBenchOptions options, int round, Action<string, double> report)
    {
        await OnTopicAsync("net", async topic =>
        {
            var loads = new ClientLoads(contender.BootstrapServers, topic);
            report("produce, .NET [msg/s]", loads.Produce(options.Messages));
            if (contender.IsDurable)
            {
                report("consume, .NET [msg/s]", loads.Consume(options.Messages));
            }
        });
        await OnTopicAsync("through", topic =>
        {
            report("end to end, .NET [msg/s]", new ClientLoads(contender.BootstrapServers, topic).EndToEnd(options.Messages));
            return Task.CompletedTask;
        });
        await OnTopicAsync("latency", topic =>
        {
            var (p50, p99) = new ClientLoads(contender.BootstrapServers, topic).Latency(LatencyRate, LatencyDuration);
            report("ack p50 at 10,000 msg/s [ms]", p50);
            report("ack p99 at 10,000 msg/s [ms]", p99);
            return Task.CompletedTask;
        });
        if (options.Engines is null || !contender.IsDurable)
        {
            return;
        }

        await OnTopicAsync("java", async topic =>
        {
            var tools = new JavaTools(options.Engines, contender.BootstrapServers, topic);
            report("producer-perf, Java [msg/s]", await tools.ProduceAsync(options.Messages));
            report("consumer-perf, Java [msg/s]", await tools.ConsumeAsync(options.Messages));
        });

        async Task OnTopicAsync(string name, Func<string, Task> load)
        {
            var topic = string.Create(CultureInfo.InvariantCulture, $"{name}-{round}");
            var clients = new ClientLoads(contender.BootstrapServers, topic);
            if (contender.IsDurable)
            {
                await clients.CreateTopicAsync();
            }

            await load(topic);
            if (contender.IsDurable)
            {
                await clients.DeleteTopicAsync();
            }
        }
    }
}
