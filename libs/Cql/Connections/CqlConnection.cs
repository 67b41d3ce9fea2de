using System.Net;
using System.Runtime.CompilerServices;
using StockAspire.Cql.Protocol;
using StockAspire.Cql.Protocol.Requests;
using StockAspire.Cql.Protocol.Responses;

namespace StockAspire.Cql.Connections;

/// <summary>
/// One socket to one node, over which many requests travel at once. Requests are copied into one buffer, which a single writer
/// sends as a whole whenever the last write is done: the busier, the larger the writes. Thread-safe.
/// </summary>
internal sealed partial class CqlConnection : IAsyncDisposable
{
    /// <summary>How often deadlines and silence are looked at: what a deadline may be late by.</summary>
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(50);

    private readonly ConnectionSettings _settings;
    private readonly Stream _stream;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _places;
    private readonly StreamTable _streams;
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource<CqlConnectionException> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<EventResponse>? _onEvent;
    private FrameReader _reader;
    private Task _reading = Task.CompletedTask;
    private ITimer? _timer;
    private CqlConnectionException? _failure;
    private int _waiting;
    private int _orphanCount;
    private bool _isCompressing;
    private bool _isSegmented;

    private CqlConnection(IPEndPoint endpoint, Stream stream, ConnectionSettings settings, Action<EventResponse>? onEvent)
    {
        Endpoint = endpoint;
        Version = settings.Options.ProtocolVersion;
        _settings = settings;
        _stream = stream;
        _onEvent = onEvent;
        _reader = new FrameReader(stream, settings.Options.FrameSizeMax);
        _places = new SemaphoreSlim(settings.Options.InFlightMax);

        // One id more than places: a heartbeat must get through when all are taken.
        _streams = new StreamTable(settings.Options.InFlightMax + 1);
        _lastReadTimestamp = settings.Time.GetTimestamp();
    }

    public IPEndPoint Endpoint { get; }

    public ProtocolVersion Version { get; private init; }

    /// <summary>What SUPPORTED said.</summary>
    public IReadOnlyDictionary<string, string[]> Supported { get; private set; } = new Dictionary<string, string[]>();

    /// <summary>Ends, with the reason, when the connection does.</summary>
    public Task<CqlConnectionException> Closed => _closed.Task;

    public bool IsOpen => Volatile.Read(ref _failure) is null;

    /// <summary>Requests that take a place: without an answer, orphans among them.</summary>
    public int InFlightCount => _settings.Options.InFlightMax - _places.CurrentCount;

    /// <summary>Sends a request and waits for its answer, which the caller disposes of.</summary>
    /// <exception cref="CqlServerException">The answer is an ERROR.</exception>
    /// <exception cref="CqlTimeoutException">No answer came in <paramref name="timeout"/>, whatever state the connection is in.</exception>
    /// <exception cref="CqlConnectionException">The connection ended.</exception>
    /// <exception cref="CqlBusyException">Too many wait already.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ResponseBody> SendAsync<T>(T request, RequestFlags flags, TimeSpan timeout, CancellationToken cancel)
        where T : IRequest
    {
        var deadline = DeadlineAfter(timeout);
        await EnterAsync(timeout, cancel);
        PendingRequest pending;
        try
        {
            await RoomToSendAsync(deadline, cancel);
            pending = Enqueue(request, flags, deadline);
        }
        catch
        {
            _places.Release();
            throw;
        }

        ResponseBody body;
        if (cancel.CanBeCanceled)
        {
            await using var registration = cancel.UnsafeRegister(static (state, cancelled) => ((PendingRequest)state!).TryFail(new OperationCanceledException(cancelled)), pending);
            body = await pending.Answer;
        }
        else
        {
            body = await pending.Answer;
        }

        return body.Header.Opcode == Opcode.Error ? throw ReadError(body) : body;
    }

    /// <summary>What came over it makes no sense: nothing that follows can be trusted.</summary>
    public void Abort(CqlProtocolException reason) =>
        Fail(new CqlConnectionException($"The connection to {Endpoint} was closed because of what came over it: {reason.Message}", reason));

    /// <summary>Fails what is in flight, and closes the socket.</summary>
    public async ValueTask DisposeAsync()
    {
        Fail(new CqlConnectionException($"The connection to {Endpoint} was closed by this client."));
        await _reading;
        if (_timer is { } timer)
            await timer.DisposeAsync();
        _closing.Dispose();
    }

    private long DeadlineAfter(TimeSpan timeout) =>
        _settings.Time.GetTimestamp() + (long)(timeout.TotalSeconds * _settings.Time.TimestampFrequency);

    private TimeSpan Until(long deadline)
    {
        var left = _settings.Time.GetElapsedTime(_settings.Time.GetTimestamp(), deadline);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>Takes one of the places in flight, or waits for one.</summary>
    private async ValueTask EnterAsync(TimeSpan timeout, CancellationToken cancel)
    {
        if (_places.Wait(0, CancellationToken.None))
            return;

        try
        {
            if (Interlocked.Increment(ref _waiting) > _settings.Options.QueueMax)
                throw new CqlBusyException($"{_settings.Options.QueueMax} requests already wait for one of {_settings.Options.InFlightMax} places on the connection to {Endpoint}.");
            if (!await _places.WaitAsync(timeout, cancel))
                throw new CqlTimeoutException($"None of {_settings.Options.InFlightMax} places on the connection to {Endpoint} came free in {timeout}; nothing was sent.");
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private CqlServerException ReadError(ResponseBody body)
    {
        using (body)
        {
            var reader = new BodyReader(body.Span);
            ResponsePrelude.Read(ref reader, body.Header.Flags);
            return new CqlServerException(CqlError.Read(ref reader, body.Header.Version)) { Host = Endpoint };
        }
    }

    /// <summary>The end, for whatever reason: everything in flight learns it, with whether it had been sent.</summary>
    private void Fail(CqlConnectionException reason)
    {
        PendingRequest?[] requests;
        long sent;
        lock (_gate)
        {
            if (_failure is not null)
                return;
            _failure = reason;
            requests = _streams.Requests.ToArray();
            sent = _takenPosition;
            _roomToSend?.TrySetResult();
        }

        _closing.Cancel();
        _stream.Dispose();
        _timer?.Dispose();
        foreach (var request in requests)
        {
            if (request is null)
                continue;
            request.TryFail(new CqlConnectionException(reason.Message, reason, wasSent: request.EndPosition <= sent) { Host = Endpoint });
            if (!request.IsHeartbeat)
                _places.Release();
        }

        _closed.TrySetResult(reason);
    }
}
