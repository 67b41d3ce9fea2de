using System.Diagnostics;
using System.Diagnostics.Metrics;
using StockAspire.TickStream;

namespace StockAspire.Sink;

/// <summary>The Sink's metrics. Thread-safe.</summary>
internal sealed class SinkMetrics
{
    private const string PartitionTag = "messaging.destination.partition.id";

    private readonly Counter<long> _rows;
    private readonly Counter<long> _blocks;
    private readonly Counter<long> _deadLetters;
    private readonly Histogram<double> _duration;

    public SinkMetrics(IMeterFactory factory, SinkStatus status, TimeProvider time)
    {
        var meter = factory.Create(SinkTelemetry.Name);
        _rows = meter.CreateCounter<long>("stockaspire.sink.rows", "{row}", "Rows written to the store, redelivered ones included.");
        _blocks = meter.CreateCounter<long>("stockaspire.sink.blocks", "{block}", "Kafka records whose ticks are written.");
        _deadLetters = meter.CreateCounter<long>("stockaspire.sink.dead_letters", "{message}", "Dead letters acknowledged by Kafka.");
        _duration = meter.CreateHistogram<double>(
            "messaging.process.duration",
            "s",
            "From a batch's dispatch until it is stored, waits for the store included.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60] });
        meter.CreateObservableGauge("stockaspire.sink.lag", () => Each(status, progress => progress.Lag), "{record}", "Records of the partition that are not stored yet.");
        meter.CreateObservableGauge(
            "stockaspire.sink.oldest_unstored.age",
            () => Each(status, progress => progress.OldestUnixMs is { } oldest ? Math.Max(0, time.GetUtcNow().ToUnixTimeMilliseconds() - oldest) / 1000.0 : 0.0),
            "s",
            "Age, by its Kafka timestamp, of the oldest record taken in and not stored yet; 0 if there is none.");
    }

    /// <param name="batch">The batch.</param>
    /// <param name="elapsed">Time from its dispatch.</param>
    /// <param name="error">Type of the exception that ended it; null if it is stored.</param>
    public void BatchEnded(TickBatch batch, TimeSpan elapsed, string? error)
    {
        var tags = new TagList
        {
            { "messaging.system", "kafka" },
            { "messaging.operation.name", "process" },
            { "messaging.destination.name", Topics.Ticks },
            { "messaging.consumer.group.name", ConsumerGroups.Sink },
        };
        if (error is null)
        {
            _rows.Add(batch.Rows.Length);
            _blocks.Add(batch.Records);
            _deadLetters.Add(batch.DeadLetters.Count);
        }
        else
        {
            tags.Add("error.type", error);
        }

        _duration.Record(elapsed.TotalSeconds, tags);
    }

    private static IEnumerable<Measurement<T>> Each<T>(SinkStatus status, Func<PartitionProgress, T> value)
        where T : struct =>
        status.Partitions.Select(progress => new Measurement<T>(value(progress), new KeyValuePair<string, object?>(PartitionTag, progress.Partition)));
}
