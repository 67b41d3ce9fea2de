using System.Diagnostics.CodeAnalysis;
using StockAspire.Market.Seals;

namespace StockAspire.Ingest.Publishing;

/// <summary>What a session tells its owner, in order: rows up to a sequence are in Kafka and sealed, or were refused.</summary>
/// <param name="Next">The first sequence that is not acknowledged.</param>
/// <param name="Chunks">The chunks that this covers.</param>
internal readonly record struct Acknowledgement(ulong Next, IReadOnlyList<Chunk> Chunks);

/// <summary>
/// The one way into Kafka: takes the chunks of one source in order, sends them, and acknowledges them in order once their
/// delivery reports and then their seal's have come. Many chunks are on their way at a time, one write of seals; a seal
/// covers whatever was delivered until then. When the producer is replaced, everything unacknowledged goes to its
/// successor in order. One loop does all of it; the public members are thread-safe, <see cref="SendAsync"/> has one caller.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The source has neither timer nor wait handle, and is asked after the session's end.")]
internal sealed partial class SourceSession
{
    /// <summary>Leaves a record of Kafka's usual limit of 1 MB room for one more chunk's worst case.</summary>
    private const int SealSizeMax = 512 * 1024;

    private readonly TickProducer _producer;
    private readonly IngestMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly SessionSettings _settings;
    private readonly Action<Acknowledgement> _acknowledged;
    private readonly WeightedGate _inFlight;
    private readonly WakeSignal _wake = new();
    private readonly Queue<Chunk> _incoming = new();
    private readonly Lock _incomingLock = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly ITimer _sealTimer;

    // Owned by the loop.
    private readonly List<Chunk> _sent = [];
    private readonly SealBuilder _seal;
    private ProducerGeneration? _sentTo;
    private RecordBatch? _sealing;
    private int _sealingChunks;
    private long _lastSeal;

    private volatile Exception? _closedBecause;
    private volatile bool _abandoned;
    private ulong _next;

    public SourceSession(
        TickProducer producer, SessionSettings settings, Action<Acknowledgement> acknowledged, IngestMetrics metrics, TimeProvider time)
    {
        _producer = producer;
        _settings = settings;
        _acknowledged = acknowledged;
        _metrics = metrics;
        _time = time;
        _next = settings.Next;
        _inFlight = new WeightedGate(settings.InFlightMax);
        _seal = settings.Unfinished is { } seal ? new SealBuilder(seal) : new SealBuilder(settings.Source, settings.Epoch, settings.Next);
        _lastSeal = time.GetTimestamp() - (long)(settings.AckInterval.TotalSeconds * time.TimestampFrequency);
        _sealTimer = time.CreateTimer(static signal => ((WakeSignal)signal!).Wake(), _wake, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        using (ExecutionContext.SuppressFlow())
        {
            Completion = Task.Run(RunAsync);
        }
    }

    public string Source => _settings.Source;

    public ulong Epoch => _settings.Epoch;

    /// <inheritdoc cref="SessionSettings.IsAligned"/>
    public bool IsAligned => _settings.IsAligned;

    /// <summary>The first sequence that is not acknowledged.</summary>
    public ulong Next => Volatile.Read(ref _next);

    /// <summary>The highest acknowledged sequence; null where nothing of this source is sealed.</summary>
    public ulong? LastSequence => Next > _settings.Next || _settings.IsKnown ? Next - 1 : null;

    /// <summary>Cancelled when no more chunks are taken in; <see cref="ClosedBecause"/> says why.</summary>
    public CancellationToken Closed => _closed.Token;

    /// <summary>Null where the owner itself has completed the session.</summary>
    public Exception? ClosedBecause => _closedBecause;

    /// <summary>Ends when everything taken in is acknowledged after a close, or given up after <see cref="Abandon"/>.</summary>
    public Task Completion { get; }

    /// <summary>Takes a chunk in, waiting while as many rows are on their way as the limit allows.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, or the session was closed; see <see cref="ClosedBecause"/>.</exception>
    public async ValueTask SendAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        if (!_inFlight.TryEnter(chunk.RowCount))
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closed.Token);
            await _inFlight.EnterAsync(chunk.RowCount, either.Token);
        }

        lock (_incomingLock)
        {
            _closed.Token.ThrowIfCancellationRequested();
            _incoming.Enqueue(chunk);
        }

        _metrics.TakenIn(chunk.RowCount);
        _wake.Wake();
    }

    /// <summary>Takes nothing more in; what was taken in is still delivered, sealed and acknowledged.</summary>
    /// <param name="because">What the owner is to be told; null where the owner itself closes it.</param>
    public void Close(Exception? because = null)
    {
        lock (_incomingLock)
        {
            if (_closed.IsCancellationRequested)
            {
                return;
            }

            _closedBecause = because;
        }

        _closed.Cancel();
        _wake.Wake();
    }

    /// <summary>Closes the session and seals nothing more: a later life of the source has taken over elsewhere.</summary>
    public void Abandon(Exception because)
    {
        _abandoned = true;
        Close(because);
        _wake.Wake();
    }

    private async Task RunAsync()
    {
        _producer.Replaced += _wake.Wake;
        try
        {
            do
            {
                await _wake.WaitAsync();
            }
            while (!await StepAsync());
        }
        catch (Exception exception)
        {
            Close(exception);
            throw;
        }
        finally
        {
            _producer.Replaced -= _wake.Wake;
            await _sealTimer.DisposeAsync();
            Close();
        }
    }

    /// <returns>Whether the session has ended.</returns>
    private async ValueTask<bool> StepAsync()
    {
        if (_abandoned)
        {
            GiveUp();
            return true;
        }

        if (await SendPendingAsync())
        {
            if (_sealing is { IsDelivered: true })
            {
                Acknowledge();
            }

            if (_sealing is null && SealIsDue(out var count))
            {
                _sealing = BuildSeals(count);
                _sealingChunks = count;
                await _sealing.SendAsync(_sentTo!);
            }
        }

        // Nothing enters the queue once the token is cancelled.
        return _closed.IsCancellationRequested && _sent.Count == 0 && IncomingCount == 0;
    }

    private int IncomingCount
    {
        get
        {
            lock (_incomingLock)
            {
                return _incoming.Count;
            }
        }
    }

    /// <returns>False where there is no working producer: its replacement wakes the loop.</returns>
    private async ValueTask<bool> SendPendingAsync()
    {
        var producer = _producer.Current;
        if (producer.IsFailed)
        {
            return false;
        }

        if (producer != _sentTo)
        {
            foreach (var chunk in _sent)
            {
                if (!chunk.IsDelivered && !await chunk.SendAsync(producer))
                {
                    return false;
                }
            }

            if (_sealing is { IsDelivered: false } && !await _sealing.SendAsync(producer))
            {
                return false;
            }

            _sentTo = producer;
        }

        while (TakeIncoming() is { } chunk)
        {
            chunk.Delivered = _wake.Wake;
            _sent.Add(chunk);
            if (!await chunk.SendAsync(producer))
            {
                _sentTo = null;
                return false;
            }
        }

        return true;
    }

    private Chunk? TakeIncoming()
    {
        lock (_incomingLock)
        {
            return _incoming.TryDequeue(out var chunk) ? chunk : null;
        }
    }

    private void Acknowledge()
    {
        var chunks = _sent.GetRange(0, _sealingChunks);
        _sent.RemoveRange(0, _sealingChunks);
        _sealing = null;
        Volatile.Write(ref _next, Math.Max(_seal.Next, _settings.Next));
        var rows = 0;
        foreach (var chunk in chunks)
        {
            rows += chunk.RowCount;
            _metrics.Sealed(chunk.RowCount, chunk.Refused.Count, chunk.Records.Count);
            chunk.Span?.Dispose();
        }

        _acknowledged(new Acknowledgement(Next, chunks));
        _inFlight.Leave(rows);
    }

    private void GiveUp()
    {
        while (TakeIncoming() is { } chunk)
        {
            _sent.Add(chunk);
        }

        foreach (var chunk in _sent)
        {
            _metrics.Abandoned(chunk.RowCount);
            chunk.Span?.Dispose();
        }

        _sent.Clear();
    }
}
