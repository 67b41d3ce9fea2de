namespace StockAspire.EndToEnd.Tests.Harness;

/// <summary>A real Apache Kafka; of three nodes, topics have three copies of which two must be in step.</summary>
internal sealed class RealKafka : RealEngine
{
    private const string ScriptName = "kafka.sh";

    private RealKafka(int nodes)
        : base(ScriptName, nodes, "KAFKA_HEAP")
    {
    }

    /// <summary>Why there is none; null where there is one.</summary>
    public static string? Absence => File.Exists(Script(ScriptName)) ? null : $"needs a real Kafka: {Script(ScriptName)} is absent";

    public static async Task<RealKafka> StartAsync(int nodes)
    {
        var kafka = new RealKafka(nodes);
        await kafka.StartAsync("--nodes", $"{nodes}");
        return kafka;
    }
}
