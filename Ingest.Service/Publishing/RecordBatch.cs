using Confluent.Kafka;

namespace StockAspire.Ingest.Publishing;

/// <summary>
/// Records that are sent together, in order, and count as delivered once Kafka has acknowledged every one of them; sent
/// again to a producer's successor when the producer fails. Driven by one loop; delivery reports come on the client's thread.
/// </summary>
internal class RecordBatch
{
    private readonly List<StreamRecord> _records = [];
    private long _weight;
    private volatile bool _delivered;

    public IReadOnlyList<StreamRecord> Records => _records;

    public bool IsDelivered => _delivered;

    /// <summary>Called once, when the last record is acknowledged; on the client's thread.</summary>
    public Action? Delivered { get; set; }

    public void Add(in StreamRecord record)
    {
        _records.Add(record);
        _weight += record.Weight;
    }

    /// <summary>Gives the records to the producer, waiting while its queue is full.</summary>
    /// <returns>False where the producer failed meanwhile: all of them must go to its successor.</returns>
    public async ValueTask<bool> SendAsync(ProducerGeneration producer)
    {
        if (_records.Count == 0)
        {
            Complete();
            return true;
        }

        if (!await producer.ReserveAsync(_weight))
        {
            return false;
        }

        var attempt = new Attempt(this, producer);
        for (var i = 0; i < _records.Count; i++)
        {
            if (!await producer.ProduceAsync(_records[i], attempt.ReportOf(i)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The position that Kafka gave to a record; only where <see cref="WantsPosition"/>.</summary>
    protected virtual void OnPosition(int index, TopicPartitionOffset position)
    {
    }

    /// <summary>Whether a record's position matters: it costs a delegate.</summary>
    protected virtual bool WantsPosition(int index) => false;

    private void Complete()
    {
        _delivered = true;
        Delivered?.Invoke();
    }

    private sealed class Attempt
    {
        private readonly RecordBatch _batch;
        private readonly ProducerGeneration _producer;
        private readonly Action<DeliveryReport<byte[], byte[]>> _report;
        private int _outstanding;

        public Attempt(RecordBatch batch, ProducerGeneration producer)
        {
            _batch = batch;
            _producer = producer;
            _outstanding = batch._records.Count;
            _report = OnReport;
        }

        public Action<DeliveryReport<byte[], byte[]>> ReportOf(int index)
        {
            if (!_batch.WantsPosition(index))
            {
                return _report;
            }

            return report =>
            {
                if (!report.Error.IsError)
                {
                    _batch.OnPosition(index, report.TopicPartitionOffset);
                }

                OnReport(report);
            };
        }

        private void OnReport(DeliveryReport<byte[], byte[]> report)
        {
            if (report.Error.IsError)
            {
                _producer.Fail(report.Error);
                return;
            }

            if (Interlocked.Decrement(ref _outstanding) == 0)
            {
                _producer.Release(_batch._weight);

                // Reports of a failed producer are too late: its successor's count.
                if (!_producer.IsFailed)
                {
                    _batch.Complete();
                }
            }
        }
    }
}
