using System.Diagnostics;
using System.Diagnostics.Metrics;
using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker;

/// <summary>All metrics of the broker, under the meter <see cref="MeterName"/>. No topic and no client is a tag.</summary>
internal sealed class BrokerMetrics : IDisposable
{
    public const string MeterName = "StockAspire.KafkaBroker";

    private readonly Meter meter = new(MeterName);
    private readonly Counter<long> messagesIn;
    private readonly Counter<long> bytesIn;
    private readonly Counter<long> messagesOut;
    private readonly Counter<long> bytesOut;
    private readonly Histogram<double> requestDuration;
    private readonly UpDownCounter<int> connections;

    public BrokerMetrics()
    {
        messagesIn = meter.CreateCounter<long>("stockaspire.broker.messages.in", "{message}", "Records appended.");
        bytesIn = meter.CreateCounter<long>("stockaspire.broker.bytes.in", "By", "Bytes of record batches appended, as stored.");
        messagesOut = meter.CreateCounter<long>("stockaspire.broker.messages.out", "{message}", "Records sent to consumers.");
        bytesOut = meter.CreateCounter<long>("stockaspire.broker.bytes.out", "By", "Bytes of record batches sent to consumers.");
        requestDuration = meter.CreateHistogram<double>("stockaspire.broker.request.duration", "s", "From the whole request to its answer, waiting of long polls included.");
        connections = meter.CreateUpDownCounter<int>("stockaspire.broker.connections", "{connection}", "Open connections.");
    }

    public void Observe(TopicCatalog topics) =>
        meter.CreateObservableGauge("stockaspire.broker.log.size", () => topics.All.Sum(t => t.Partitions.Sum(p => p.Size)), "By", "Bytes of all segments.");

    public void Received(int messages, int bytes)
    {
        messagesIn.Add(messages);
        bytesIn.Add(bytes);
    }

    public void Sent(int messages, int bytes)
    {
        messagesOut.Add(messages);
        bytesOut.Add(bytes);
    }

    public void Answered(ApiKey api, long startTimestamp)
    {
        if (requestDuration.Enabled)
        {
            requestDuration.Record(Stopwatch.GetElapsedTime(startTimestamp).TotalSeconds, new KeyValuePair<string, object?>("messaging.kafka.api", api.ToString()));
        }
    }

    public void Connected(int change) => connections.Add(change);

    public void Dispose() => meter.Dispose();
}
