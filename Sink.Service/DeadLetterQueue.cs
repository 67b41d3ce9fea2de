using Confluent.Kafka;
using StockAspire.TickStream;

namespace StockAspire.Sink;

/// <summary>Where <see cref="BatchWriter"/> hands over what can never be stored. Thread-safe.</summary>
internal interface IDeadLetterQueue
{
    /// <summary>Returns when every letter is acknowledged, for as long as that takes; a repeated call may double them.</summary>
    Task SendAsync(IReadOnlyCollection<DeadLetter> letters, CancellationToken cancellationToken);
}

/// <summary>Sends dead letters to <see cref="Topics.DeadLetters"/>. The producer is made with the first one.</summary>
internal sealed class DeadLetterQueue(KafkaClients clients, TimeProvider time, ILogger<DeadLetterQueue> logger) : IDeadLetterQueue, IDisposable
{
    private readonly Lazy<IProducer<byte[], byte[]>> _producer = new(() => clients.CreateProducer(ConsumerGroups.Sink));

    public Task SendAsync(IReadOnlyCollection<DeadLetter> letters, CancellationToken cancellationToken) =>
        Task.WhenAll(letters.Select(letter => SendAsync(letter, cancellationToken)));

    public void Dispose()
    {
        if (_producer.IsValueCreated)
        {
            _producer.Value.Dispose();
        }
    }

    private async Task SendAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        var message = new Message<byte[], byte[]> { Key = letter.Key!, Value = letter.Value, Headers = letter.Headers };
        var backoff = new Backoff(time);
        while (true)
        {
            try
            {
                await _producer.Value.ProduceAsync(Topics.DeadLetters, message, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (KafkaException exception) when (!exception.Error.IsFatal)
            {
                SinkLog.DeadLetterDelayed(logger, exception.Error.Reason);
                await backoff.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
