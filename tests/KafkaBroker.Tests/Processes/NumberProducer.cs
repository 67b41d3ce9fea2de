using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;

namespace StockAspire.KafkaBroker.Tests.Processes;

/// <summary>
/// An idempotent producer with acks=all that sends 0, 1, 2 ... to each partition of a topic, and remembers where the broker said
/// that each number lies. It knows nothing of crashes: the client resends by itself.
/// </summary>
internal sealed class NumberProducer
{
    private const int InFlightMax = 300;
    private const long Unknown = -1;

    private readonly Lock _gate = new();
    private readonly string _name;
    private readonly string _topic;
    private readonly int _keys;
    private readonly int _padding;
    private readonly List<long>[] _offsets;
    private readonly int[] _sent;
    private volatile bool _paused;
    private string? _error;

    /// <param name="name">First part of each value, which tells the producers of one partition apart.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="partitions">Its partitions, all of which are written to.</param>
    /// <param name="keys">Number of different keys; 0 for records without key.</param>
    /// <param name="padding">Greatest size of what follows the number, in characters.</param>
    public NumberProducer(string name, string topic, int partitions, int keys = 0, int padding = 200)
    {
        (_name, _topic, _keys, _padding) = (name, topic, keys, padding);
        _offsets = [.. Enumerable.Range(0, partitions).Select(_ => new List<long>())];
        _sent = new int[partitions];
    }

    public string Name => _name;

    public string Topic => _topic;

    public int AcknowledgedCount { get; private set; }

    /// <summary>Offsets of each partition's numbers up to the first that is not acknowledged yet.</summary>
    public long[][] Acknowledged()
    {
        lock (_gate)
        {
            Assert.True(_error is null, _error);
            return [.. _offsets.Select(o => o.TakeWhile(a => a != Unknown).ToArray())];
        }
    }

    public static (string Name, int Number) Parse(string value)
    {
        var parts = value.Split(':');
        return (parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Sends until told to stop, then waits for all acknowledgements.</summary>
    public async Task RunAsync(int port, CancellationToken stop)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = $"127.0.0.1:{port}",
            EnableIdempotence = true,
            Acks = Acks.All,
            MessageTimeoutMs = 0,
            LingerMs = 1,
            BatchSize = 4096, // several batches in flight to a partition
            ReconnectBackoffMs = 20,
            ReconnectBackoffMaxMs = 100,
            RetryBackoffMs = 20,
        };
        using var producer = new ProducerBuilder<string?, string>(config).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        while (!stop.IsCancellationRequested)
        {
            while (!stop.IsCancellationRequested && (_paused || _sent.Sum() - AcknowledgedCount > InFlightMax))
            {
                await Task.Delay(2, CancellationToken.None);
            }

            for (var partition = 0; partition < _sent.Length; partition++)
            {
                Send(producer, partition, _sent[partition]++);
            }

            await Task.Yield();
        }

        Assert.Equal(0, producer.Flush(TimeSpan.FromSeconds(120)));
        Assert.Equal(_sent, Acknowledged().Select(o => o.Length));
    }

    /// <summary>Stops sending and waits until all that was sent is acknowledged.</summary>
    public async Task PauseAsync()
    {
        _paused = true;
        var start = Stopwatch.GetTimestamp();
        do
        {
            await Task.Delay(10);
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(120), $"Producer {_name} does not get its acknowledgements.");
        }
        while (AcknowledgedCount < _sent.Sum());
    }

    public void Resume() => _paused = false;

    private void Send(IProducer<string?, string> producer, int partition, int number)
    {
        lock (_gate)
        {
            _offsets[partition].Add(Unknown);
        }

        var message = new Message<string?, string>
        {
            Key = _keys > 0 ? $"{_name}{number % _keys}" : null,
            Value = string.Create(CultureInfo.InvariantCulture, $"{_name}:{number}:{new string('x', number * 7 % _padding)}"),
        };
        producer.Produce(new TopicPartition(_topic, partition), message, report =>
        {
            lock (_gate)
            {
                _error ??= report.Error.IsError ? $"{_topic}-{partition}: number {number}: {report.Error}" : null;
                AcknowledgedCount++;
                _offsets[partition][number] = report.Offset.Value;
            }
        });
    }
}
