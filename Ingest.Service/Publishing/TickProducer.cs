using Confluent.Kafka;
using Microsoft.Extensions.Options;
using StockAspire.TickStream;

namespace StockAspire.Ingest.Publishing;

/// <summary>
/// The process's one producer. Its first failed delivery ends it, since what follows a lost record can no longer be told
/// apart from what precedes it; a successor is made, and whoever has something unacknowledged is told to send it again.
/// Thread-safe.
/// </summary>
internal sealed class TickProducer : IAsyncDisposable
{
    /// <summary>The share of the client's queue that ticks may take; the rest keeps its own limit from being met.</summary>
    private const double QueueShare = 0.75;

    private static readonly TimeSpan Flush = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BackOffMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BackOffMax = TimeSpan.FromSeconds(10);

    private readonly KafkaClients _clients;
    private readonly long _queueBytes;
    private readonly TimeProvider _time;
    private readonly ILogger<TickProducer> _logger;
    private readonly CancellationTokenSource _stop = new();
    private volatile ProducerGeneration _current;
    private Task _replacing = Task.CompletedTask;
    private int _failures;
    private long _lastFailure;

    public TickProducer(KafkaClients clients, IOptions<KafkaOptions> options, TimeProvider time, ILogger<TickProducer> logger)
    {
        _clients = clients;
        _queueBytes = (long)(options.Value.QueueBytes * QueueShare);
        _time = time;
        _logger = logger;
        _current = Create();
    }

    /// <summary>Raised after <see cref="Current"/> has changed.</summary>
    public event Action? Replaced;

    /// <summary>The producer to send with; may be failed already, until <see cref="Replaced"/>.</summary>
    public ProducerGeneration Current => _current;

    /// <summary>Writes one record and waits until Kafka has it, however often the producer is replaced.</summary>
    public async Task WriteAsync(StreamRecord record, CancellationToken cancellationToken)
    {
        var wake = new WakeSignal();
        var batch = new RecordBatch { Delivered = wake.Wake };
        batch.Add(record);
        Replaced += wake.Wake;
        try
        {
            ProducerGeneration? sentTo = null;
            while (!batch.IsDelivered)
            {
                var producer = _current;
                if (producer != sentTo && !producer.IsFailed && await batch.SendAsync(producer))
                {
                    sentTo = producer;
                }

                await wake.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            Replaced -= wake.Wake;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _replacing;
        await Task.Run(() => Retire(_current, Flush));
        _stop.Dispose();
    }

    private static void Retire(ProducerGeneration producer, TimeSpan flush)
    {
        producer.Flush(flush);
        producer.Dispose();
    }

    private ProducerGeneration Create() => new(_clients.CreateProducer("stockaspire-ingest"), _queueBytes, _time, OnFailed);

    private void OnFailed(ProducerGeneration failed, Error error)
    {
        // Never on the client's own thread, which the old producer's end must not wait for.
        _replacing = Task.Run(() => ReplaceAsync(failed, error));
    }

    private async Task ReplaceAsync(ProducerGeneration failed, Error error)
    {
        // What fails again within a minute of the last failure waits longer and longer.
        var quiet = _failures == 0 || _time.GetElapsedTime(_lastFailure) > TimeSpan.FromMinutes(1);
        _failures = quiet ? 1 : _failures + 1;
        _lastFailure = _time.GetTimestamp();
        var delay = BackOffMin * Math.Pow(2, Math.Min(_failures - 1, 10));
        delay = delay < BackOffMax ? delay : BackOffMax;
        IngestLog.ProducerFailed(_logger, error.Code.ToString(), error.Reason, (long)delay.TotalMilliseconds);
        try
        {
            await Task.Delay(delay, _time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        _current = Create();
        Replaced?.Invoke();
        Retire(failed, TimeSpan.Zero);
    }
}
