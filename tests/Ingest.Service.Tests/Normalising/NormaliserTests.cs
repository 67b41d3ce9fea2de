using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using StockAspire.Ingest.Service.Tests.Harness;
using StockAspire.KafkaBroker;
using StockAspire.Market;
using StockAspire.TickStream;

namespace StockAspire.Ingest.Service.Tests.Normalising;

public sealed class NormaliserTests
{
    [Fact]
    public async Task Foreign_JSON_becomes_ticks_and_bad_messages_dead_letters_across_a_restart()
    {
        var data = Directory.CreateTempSubdirectory("normaliser");
        await using (var broker = await KafkaBrokerServer.StartAsync(new KafkaBrokerOptions { DataDirectory = data.FullName }))
        {
            string source;
            await using (var host = await IngestHost.StartAsync(broker.BootstrapServers))
            {
                var topic = await host.Services.GetRequiredService<TopicSetup>().FindAsync(Topics.Raw, TestContext.Current.CancellationToken);
                source = SourceName.Kafka(topic.Id, 3);
                await ProduceAsync(broker.BootstrapServers, Good(0), "{\"symbol\":\"SPY\",\"price\":\"cheap\"}", Good(2), "no JSON");
                await Eventually.BecomesAsync("both ticks", () => Ticks(broker, source).Count, count => count == 2);
                await host.StopAsync();
            }

            await using var again = await IngestHost.StartAsync(broker.BootstrapServers);
            await ProduceAsync(broker.BootstrapServers, Good(4));
            var ticks = await Eventually.BecomesAsync("three ticks", () => Ticks(broker, source), found => found.Count >= 3);
            Assert.Equal([0UL, 2UL, 4UL], ticks.Select(tick => tick.Id.Sequence));
            Assert.Equal(("SPY", 168_520_000_000L, 30_000_000_000L), (ticks[2].Symbol, ticks[2].Price.E9, ticks[2].Size.E8));
            Assert.True(ticks[2].Attributes.TryGetValue("desk", out var desk));
            Assert.Equal("NY", desk.Text);
            var letters = TopicContents.DeadLetters(broker.BootstrapServers, source);
            Assert.Equal(["ticks.raw/3/1", "ticks.raw/3/3"], letters.Select(letter => letter.Headers["position"]));
            Assert.Equal(("price_e9", "normaliser"), (letters[0].Headers["field"], letters[0].Headers["stage"]));
            Assert.Equal("no JSON"u8, letters[1].Raw);
            await Eventually.BecomesAsync("the seal of the fourth", () => TopicContents.Seals(broker.BootstrapServers, source).MaxBy(seal => seal.Last)?.Last, last => last == 4);
            TopicContents.AssertSealed(TopicContents.Seals(broker.BootstrapServers, source), ticks, 1, 3);
        }

        data.Delete(recursive: true);
    }

    private static string Good(int number) => $$"""{"symbol":"SPY","timestamp":"2013-10-07T13:30:0{{number}}Z","price":168.52,"size":300,"desk":"NY"}""";

    private static List<Tick> Ticks(KafkaBrokerServer broker, string source) => TopicContents.Ticks(broker.BootstrapServers, source);

    private static async Task ProduceAsync(string bootstrapServers, params string[] messages)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = bootstrapServers }).Build();
        foreach (var message in messages)
        {
            await producer.ProduceAsync(
                new TopicPartition(Topics.Raw, 3), new Message<byte[], byte[]> { Key = null!, Value = Encoding.UTF8.GetBytes(message) });
        }
    }
}
