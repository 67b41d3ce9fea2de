using System.Globalization;

namespace StockAspire.Bench.Broker;

/// <summary>
/// The embedded broker against Apache Kafka and librdkafka's mock cluster. All run at once and are loaded in turn, each load on
/// a fresh topic, each round in another order; the first round warms up. Prints each figure, then medians with their ratios.
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
                // What one leaves to the disk is written while the next is measured: each follows another in each round.
                for (var turn = 0; turn < contenders.Count; turn++)
                {
                    var contender = contenders[(turn + round) % contenders.Count];
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
        await OnTopicAsync(BrokerBenchOptions.Clients, topic =>
        {
            var loads = new ClientLoads(contender.BootstrapServers, topic);
            Measure("produce, .NET", () => loads.Produce(options.Messages));
            if (contender.IsDurable)
            {
                Measure("consume, .NET", () => loads.Consume(options.Messages));
            }

            return Task.CompletedTask;
        });
        await OnTopicAsync(BrokerBenchOptions.Through, topic =>
        {
            Measure("end to end, .NET", () => new ClientLoads(contender.BootstrapServers, topic).EndToEnd(options.Messages));
            return Task.CompletedTask;
        });
        await OnTopicAsync(BrokerBenchOptions.Latency, topic =>
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

        await OnTopicAsync(BrokerBenchOptions.Java, async topic =>
        {
            var tools = new JavaTools(options.Engines, contender.BootstrapServers, topic);
            report("producer-perf, Java [msg/s]", await tools.ProduceAsync(options.Messages));
            report("consumer-perf, Java [msg/s]", await tools.ConsumeAsync(options.Messages));
        });

        void Measure(string load, Func<double> run)
        {
            var cpu = ProcessMeter.CpuSeconds(contender.Pid);
            report($"{load} [msg/s]", run());
            report($"{load}, broker's CPU [us/msg]", (ProcessMeter.CpuSeconds(contender.Pid) - cpu) * 1e6 / options.Messages);
        }

        async Task OnTopicAsync(string name, Func<string, Task> load)
        {
            if (!options.Loads.Contains(name))
            {
                return;
            }

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
