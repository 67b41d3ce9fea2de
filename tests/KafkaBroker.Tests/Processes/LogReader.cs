using Confluent.Kafka;

namespace StockAspire.KafkaBroker.Tests.Processes;

/// <summary>Reads whole partitions and compares them with what producers were told.</summary>
internal sealed class LogReader : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly IConsumer<string?, string> _consumer;

    public LogReader(int port) => _consumer = new ConsumerBuilder<string?, string>(new ConsumerConfig
    {
        BootstrapServers = $"127.0.0.1:{port}",
        GroupId = "reader",
        EnableAutoCommit = false,
        EnablePartitionEof = true,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        FetchWaitMaxMs = 10,
        FetchQueueBackoffMs = 5,
    }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();

    public WatermarkOffsets Watermarks(string topic, int partition) => _consumer.QueryWatermarkOffsets(new(topic, partition), Patience);

    /// <summary>
    /// Checks a partition against its producers: each number once, in order, at the offset that was acknowledged, from the log's
    /// start on, and at least to the last acknowledged one.
    /// </summary>
    public void CheckComplete(int partition, IReadOnlyDictionary<string, long[]> acknowledged, string topic)
    {
        var (start, records) = Read(topic, partition, mayHaveGaps: false);
        var next = new Dictionary<string, int>();
        foreach (var (offset, _, value) in records)
        {
            var (name, number) = NumberProducer.Parse(value);
            var offsets = acknowledged[name];
            if (!next.TryGetValue(name, out var expected))
            {
                // Records before the log's start are gone, and no others.
                expected = Array.FindIndex(offsets, o => o >= start) is var first and >= 0 ? first : offsets.Length;
            }

            Assert.True(number == expected || (expected == offsets.Length && number > expected && !next.ContainsKey(name)), $"{topic}-{partition}: {name}:{number} at {offset}, {expected} was expected");
            Assert.True(number >= offsets.Length || offsets[number] == offset, $"{topic}-{partition}: {name}:{number} is at {offset}, acknowledged at {offsets.ElementAtOrDefault(number)}");
            next[name] = number + 1;
        }

        foreach (var (name, offsets) in acknowledged.Where(a => a.Value.Any(o => o >= start)))
        {
            Assert.True(next.GetValueOrDefault(name) >= offsets.Length, $"{topic}-{partition}: {name} ends at {next.GetValueOrDefault(name)}, {offsets.Length} numbers were acknowledged");
        }
    }

    /// <summary>Checks a compacted partition of one producer: offsets as acknowledged, no number twice, the last of each key there.</summary>
    public void CheckCompacted(int partition, long[] acknowledged, string topic, int keys)
    {
        var latest = new Dictionary<int, int>();
        var before = -1;
        foreach (var (offset, _, value) in Read(topic, partition, mayHaveGaps: true).Records)
        {
            var (_, number) = NumberProducer.Parse(value);
            Assert.True(number > before, $"{topic}-{partition}: {number} at {offset} behind {before}");
            Assert.True(number >= acknowledged.Length || acknowledged[number] == offset, $"{topic}-{partition}: {number} is at {offset}, acknowledged at {acknowledged.ElementAtOrDefault(number)}");
            (before, latest[number % keys]) = (number, number);
        }

        for (var number = Math.Max(0, acknowledged.Length - keys); number < acknowledged.Length; number++)
        {
            Assert.True(latest.GetValueOrDefault(number % keys, -1) >= number, $"{topic}-{partition}: acknowledged number {number} is gone, and nothing newer has its key");
        }
    }

    public void Dispose() => _consumer.Dispose();

    private (long Start, List<(long Offset, string? Key, string Value)> Records) Read(string topic, int partition, bool mayHaveGaps)
    {
        var watermarks = Watermarks(topic, partition);
        var (low, high) = (watermarks.Low.Value, watermarks.High.Value);
        var records = new List<(long, string?, string)>();
        _consumer.Assign(new TopicPartitionOffset(topic, partition, low));
        for (var position = low; position < high;)
        {
            var result = _consumer.Consume(Patience);
            Assert.True(result is not null, $"{topic}-{partition}: nothing comes after {position}, the end is {high}");
            if (!result.IsPartitionEOF)
            {
                if (!mayHaveGaps && records.Count > 0 && result.Offset.Value > position && result.Offset.Value <= Watermarks(topic, partition).Low.Value)
                {
                    records.Clear(); // retention overtook this reader, which went on at the new start
                }

                records.Add((result.Offset.Value, result.Message.Key, result.Message.Value));
            }

            position = result.IsPartitionEOF ? result.Offset.Value : result.Offset.Value + 1;
        }

        // Retention may have moved the start while this read: what it took away is not missed.
        var start = records.Count > 0 ? Math.Max(low, Math.Min(records[0].Item1, Watermarks(topic, partition).Low.Value)) : high;
        _consumer.Unassign();
        return (start, records);
    }
}
