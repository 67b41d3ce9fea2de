using System.Text.Json;

namespace StockAspire.LocalHosting;

/// <summary>
/// What stands for the embedded broker in a manifest: the container of Apache Kafka that Aspire's hosting of Kafka
/// starts. The embedded broker is for one machine.
/// </summary>
internal static class KafkaContainer
{
    internal const string Image = "docker.io/confluentinc/confluent-local:8.1.1";

    /// <summary>Of the listener for clients, inside the container.</summary>
    internal const int Port = 9092;

    /// <summary>The image's own settings: a listener for clients beside those that it needs for itself.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> Variables(KafkaServerResource kafka)
    {
        var host = kafka.PrimaryEndpoint.Property(EndpointProperty.Host).ValueExpression;
        var address = kafka.PrimaryEndpoint.Property(EndpointProperty.HostAndPort).ValueExpression;
        return
        [
            new("KAFKA_LISTENERS", "PLAINTEXT://localhost:29092,CONTROLLER://localhost:29093,PLAINTEXT_HOST://0.0.0.0:9092"),
            new("KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PLAINTEXT_HOST:PLAINTEXT"),
            new("KAFKA_ADVERTISED_LISTENERS", $"PLAINTEXT://{host}:29092,PLAINTEXT_HOST://{address}"),
        ];
    }

    internal static void WriteVolume(Utf8JsonWriter json, KafkaServerResource kafka)
    {
        json.WriteStartArray("volumes");
        json.WriteStartObject();
        json.WriteString("name", $"{Path.GetFileName(kafka.DataDirectory)}-data");
        json.WriteString("target", "/var/lib/kafka/data");
        json.WriteBoolean("readOnly", false);
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
