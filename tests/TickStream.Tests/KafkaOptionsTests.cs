using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace StockAspire.TickStream.Tests;

public sealed class KafkaOptionsTests
{
    [Theory]
    [InlineData("ConnectionStrings:kafka", "", "ConnectionStrings:kafka")]
    [InlineData("Kafka:TopicPartitions", "0", "Kafka:TopicPartitions")]
    [InlineData("Kafka:Linger", "00:00:02", "Kafka:Linger")]
    [InlineData("Kafka:QueueBytes", "1000", "Kafka:QueueBytes")]
    [InlineData("Kafka:ReplicationFactor", "9", "Kafka:ReplicationFactor")]
    [InlineData("Kafka:Security:Mechanism", "KERBEROS", "Kafka:Security:Mechanism")]
    public void A_bad_value_is_refused_naming_its_key(string key, string value, string named)
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Read((key, value)));

        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("SCRAM-SHA-256")]
    [InlineData("SCRAM-SHA-512")]
    [InlineData("")]
    public void Each_mechanism_and_none_is_taken(string mechanism) =>
        Assert.Equal(mechanism, Read(("Kafka:Security:Mechanism", mechanism)).Security.Mechanism);

    [Fact]
    public void The_connection_string_becomes_the_bootstrap_servers()
    {
        var options = Read(("Kafka:TopicPartitions", "16"));

        Assert.Equal("127.0.0.1:9092", options.BootstrapServers);
        Assert.Equal(16, options.TopicPartitions);
    }

    private static KafkaOptions Read(params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?> { ["ConnectionStrings:kafka"] = "127.0.0.1:9092" });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value));
        builder.AddTickStream();
        using var host = builder.Build();
        return host.Services.GetRequiredService<IOptions<KafkaOptions>>().Value;
    }
}
