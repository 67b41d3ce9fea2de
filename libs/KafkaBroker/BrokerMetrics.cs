using System.Diagnostics;
using System.Diagnostics.Metrics;
using StockAspire.KafkaBroker.Groups;
using StockAspire.KafkaBroker.Network;
using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker;

/// <summary>All metrics of the broker, under the meter <see cref="MeterName"/>. No topic and no client is a tag; a group is one of its lag.</summary>
internal sealed class BrokerMetrics : IDisposable
{
    public const string MeterName = "StockAspire.KafkaBroker";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _messagesIn;
    private readonly Counter<long> _bytesIn;
    private readonly Counter<long> _messagesOut;
    private readonly Counter<long> _bytesOut;
    private readonly Histogram<double> _requestDuration;
    private readonly UpDownCounter<int> _connections;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _failedAuthentications;

    public BrokerMetrics()
    {
        _messagesIn = _meter.CreateCounter<long>("stockaspire.broker.messages.in", "{message}", "Records appended.");
        _bytesIn = _meter.CreateCounter<long>("stockaspire.broker.bytes.in", "By", "Bytes of record batches appended, as stored.");
        _messagesOut = _meter.CreateCounter<long>("stockaspire.broker.messages.out", "{message}", "Records sent to consumers.");
        _bytesOut = _meter.CreateCounter<long>("stockaspire.broker.bytes.out", "By", "Bytes of record batches sent to consumers.");
        _requestDuration = _meter.CreateHistogram<double>("stockaspire.broker.request.duration", "s", "From the whole request to its answer, waiting of long polls included.");
        _connections = _meter.CreateUpDownCounter<int>("stockaspire.broker.connections", "{connection}", "Open connections.");
        _rejected = _meter.CreateCounter<long>("stockaspire.broker.connections.rejected", "{connection}", "Connections refused at a limit, or closed for what the client did.");
        _failedAuthentications = _meter.CreateCounter<long>("stockaspire.broker.authentications.failed", "{authentication}", "Clients that did not prove who they are.");
    }

    public void Observe(TopicCatalog topics) =>
        _meter.CreateObservableGauge("stockaspire.broker.log.size", () => topics.All.Sum(t => t.Partitions.Sum(p => p.Size)), "By", "Bytes of all segments.");

    public void Observe(GroupStore groups, TopicCatalog topics) =>
        _meter.CreateObservableGauge("stockaspire.broker.group.lag", () => Lags(groups, topics), "{message}", "Records that a group has not committed, of the partitions that it commits.");

    public void Observe(ConnectionServices connections) =>
        _meter.CreateObservableUpDownCounter("stockaspire.broker.inflight.size", () => connections.InFlightSize, "By", "Bytes that large requests and answers hold.");

    /// <summary>Of this broker alone: other brokers of the process have meters of the same name.</summary>
    public bool Owns(Instrument instrument) => instrument.Meter == _meter;

    public void Received(int messages, int bytes)
    {
        _messagesIn.Add(messages);
        _bytesIn.Add(bytes);
    }

    public void Sent(int messages, int bytes)
    {
        _messagesOut.Add(messages);
        _bytesOut.Add(bytes);
    }

    public void Answered(ApiKey api, long startTimestamp)
    {
        if (_requestDuration.Enabled)
        {
            _requestDuration.Record(Stopwatch.GetElapsedTime(startTimestamp).TotalSeconds, new KeyValuePair<string, object?>("messaging.kafka.api", api.ToString()));
        }
    }

    public void Connected(int change) => _connections.Add(change);

    public void Rejected(string reason) => _rejected.Add(1, new KeyValuePair<string, object?>("error.type", reason));

    public void AuthenticationFailed() => _failedAuthentications.Add(1);

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> Lags(GroupStore groups, TopicCatalog topics)
    {
        foreach (var group in groups.Groups)
        {
            var offsets = groups.FindAll(group);
            if (offsets.Length == 0)
            {
                continue;
            }

            var lag = 0L;
            foreach (var (topic, partition, committed) in offsets)
            {
                lag += topics.Find(topic)?.FindPartition(partition) is { } log
                    ? Math.Max(0, log.HighWatermark - Math.Max(committed.Offset, log.LogStartOffset))
                    : 0;
            }

            yield return new Measurement<long>(lag, new KeyValuePair<string, object?>("messaging.consumer.group.name", group));
        }
    }
}
