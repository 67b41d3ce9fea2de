using Grpc.Core;
using StockAspire.Ingest.Publishing;
using StockAspire.Protos.V1;

namespace StockAspire.Ingest.Streams;

/// <summary>
/// What a stream's client is to be told. Acknowledgements overtake each other, the newest says all; rejects wait in order,
/// and <see cref="WaitForRoomAsync"/> holds up the reading while too many do. One task writes; the rest is thread-safe.
/// </summary>
/// <param name="keepsRejects">False where they are only counted.</param>
internal sealed class StreamOutbox(bool keepsRejects)
{
    private const int RejectsMax = 16_384;

    private readonly Lock _lock = new();
    private readonly WakeSignal _wake = new();
    private readonly Queue<Reject> _rejects = new();
    private readonly WakeSignal _taken = new();
    private ulong? _acked;
    private long _throttleMs;
    private bool _completed;

    /// <summary>Rejected rows, counted by their acknowledgement.</summary>
    public ulong Rejected { get; private set; }

    /// <summary>Rows acknowledged, without the rejected.</summary>
    public ulong Accepted { get; private set; }

    public ulong LastSequence { get; private set; }

    public void Acknowledge(Acknowledgement acknowledgement)
    {
        lock (_lock)
        {
            foreach (var chunk in acknowledgement.Chunks)
            {
                Accepted += (ulong)(chunk.RowCount - chunk.Refused.Count);
                Rejected += (ulong)chunk.Refused.Count;
                foreach (var row in chunk.Refused)
                {
                    Keep(ToReject(row));
                }
            }

            SetAcked(acknowledgement.Next);
        }

        _wake.Wake();
    }

    /// <summary>Says again what is acknowledged: the client has sent something that needs no sending.</summary>
    public void AcknowledgeAgain(ulong next)
    {
        lock (_lock)
        {
            SetAcked(next);
        }

        _wake.Wake();
    }

    public void Reject(Reject reject)
    {
        lock (_lock)
        {
            Rejected++;
            Keep(reject);
        }

        _wake.Wake();
    }

    /// <summary>Waits while the client leaves too many rejects unread. One task calls it.</summary>
    public async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        while (WaitingCount >= RejectsMax)
        {
            await _taken.WaitAsync(cancellationToken);
        }
    }

    public void Throttle(TimeSpan retryAfter)
    {
        lock (_lock)
        {
            _throttleMs = (long)retryAfter.TotalMilliseconds;
        }

        _wake.Wake();
    }

    /// <summary>Lets <see cref="WriteAsync"/> end once everything is written.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _completed = true;
        }

        _wake.Wake();
    }

    public async Task WriteAsync(IServerStreamWriter<StreamTicksResponse> writer, CancellationToken cancellationToken)
    {
        List<Reject> rejects = [];
        while (true)
        {
            await _wake.WaitAsync(cancellationToken);
            var (acked, throttleMs, completed) = Take(rejects);
            foreach (var reject in rejects)
            {
                await writer.WriteAsync(new StreamTicksResponse { Reject = reject }, cancellationToken);
            }

            if (acked is { } through)
            {
                await writer.WriteAsync(new StreamTicksResponse { Ack = new Ack { ThroughSequence = through } }, cancellationToken);
            }

            if (throttleMs > 0)
            {
                await writer.WriteAsync(new StreamTicksResponse { Throttle = new Throttle { RetryAfterMs = throttleMs } }, cancellationToken);
            }

            if (completed)
            {
                return;
            }
        }
    }

    public static Reject ToReject(RefusedRow row) => new()
    {
        Sequence = row.Sequence,
        Field = row.Fault.Field,

        // A client's own reject has its reason in one piece.
        Reason = row.Fault.Actual.Length == 0 ? row.Fault.Expected : $"expected {row.Fault.Expected}, got {row.Fault.Actual}",
        DeadLetter = row.Position,
    };

    private int WaitingCount
    {
        get
        {
            lock (_lock)
            {
                return _rejects.Count;
            }
        }
    }

    private void Keep(Reject reject)
    {
        if (keepsRejects)
        {
            _rejects.Enqueue(reject);
        }
    }

    private (ulong? Acked, long ThrottleMs, bool Completed) Take(List<Reject> rejects)
    {
        lock (_lock)
        {
            rejects.Clear();
            rejects.AddRange(_rejects);
            _rejects.Clear();
            var taken = (_acked, _throttleMs, _completed);
            (_acked, _throttleMs) = (null, 0);
            _taken.Wake();
            return taken;
        }
    }

    /// <summary>The rejects not written yet; for whoever answers once.</summary>
    public IReadOnlyList<Reject> TakeRejects()
    {
        var rejects = new List<Reject>();
        Take(rejects);
        return rejects;
    }

    private void SetAcked(ulong next)
    {
        // Before sequence 0 there is nothing to acknowledge.
        if (next > 0)
        {
            _acked = LastSequence = next - 1;
        }
    }
}
