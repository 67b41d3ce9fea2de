using Confluent.Kafka;

namespace StockAspire.Ingest.Publishing;

/// <summary>A Kafka record, kept until it is acknowledged so that it can be sent again.</summary>
internal readonly record struct StreamRecord(string Topic, byte[]? Key, byte[] Value, Headers? Headers = null)
{
    /// <summary>What the client library keeps beside a record's bytes, roughly; it keeps small records from passing the gate unweighed.</summary>
    private const int Overhead = 160;

    /// <summary>Bytes that the record takes in the producer's queue.</summary>
    public int Weight => (Key?.Length ?? 0) + Value.Length + Overhead;
}
