using Confluent.Kafka;

namespace StockAspire.Ingest.Publishing;

/// <summary>One life of the producer: it ends with its first failed delivery, and its successor takes over. Thread-safe.</summary>
internal sealed class ProducerGeneration : IDisposable
{
    private static readonly TimeSpan QueueFullDelay = TimeSpan.FromMilliseconds(10);

    private readonly IProducer<byte[], byte[]> _producer;
    private readonly WeightedGate _queue;
    private readonly TimeProvider _time;
    private readonly Action<ProducerGeneration, Error> _onFailed;
    private readonly CancellationTokenSource _failed = new();

    public ProducerGeneration(IProducer<byte[], byte[]> producer, long queueBytes, TimeProvider time, Action<ProducerGeneration, Error> onFailed)
    {
        _producer = producer;
        _queue = new WeightedGate(queueBytes);
        _time = time;
        _onFailed = onFailed;
    }

    public bool IsFailed => _failed.IsCancellationRequested;

    public async ValueTask<bool> ReserveAsync(long weight)
    {
        try
        {
            await _queue.EnterAsync(weight, _failed.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Release(long weight) => _queue.Leave(weight);

    /// <returns>False where the producer has failed.</returns>
    public async ValueTask<bool> ProduceAsync(StreamRecord record, Action<DeliveryReport<byte[], byte[]>> report)
    {
        // One message object for each record: the client keeps it until its report.
        var message = new Message<byte[], byte[]> { Key = record.Key!, Value = record.Value, Headers = record.Headers };
        while (!IsFailed)
        {
            try
            {
                _producer.Produce(record.Topic, message, report);
                return true;
            }
            catch (KafkaException exception) when (exception.Error.Code == ErrorCode.Local_QueueFull)
            {
                // The gate holds back bytes before this; where records are far smaller than their overhead, it still happens.
                await Task.Delay(QueueFullDelay, _time);
            }
            catch (KafkaException exception)
            {
                Fail(exception.Error);
            }
        }

        return false;
    }

    /// <summary>Ends this life; the first call counts.</summary>
    public void Fail(Error error)
    {
        lock (_failed)
        {
            if (IsFailed)
            {
                return;
            }

            _failed.Cancel();
        }

        _onFailed(this, error);
    }

    public void Flush(TimeSpan timeout) => _producer.Flush(timeout);

    public void Dispose() => _producer.Dispose();
}
