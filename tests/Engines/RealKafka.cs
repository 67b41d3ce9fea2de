namespace StockAspire.Engines;

/// <summary>Apache Kafka; of three nodes, topics have three copies of which two must be in step.</summary>
public sealed class RealKafka() : RealEngine(EngineScripts.Kafka, "KAFKA_HEAP")
{
    /// <summary>Why there is none here; null where there is one.</summary>
    public static string? Absence { get; } = EngineScripts.FindAbsence(EngineScripts.Kafka);
}
