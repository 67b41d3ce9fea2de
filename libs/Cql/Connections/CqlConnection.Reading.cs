using StockAspire.Cql.Protocol;
using StockAspire.Cql.Protocol.Requests;
using StockAspire.Cql.Protocol.Responses;

namespace StockAspire.Cql.Connections;

internal sealed partial class CqlConnection
{
    /// <summary>A connection with requests in flight that is silent for so long is asked for a sign of life.</summary>
    private static readonly TimeSpan BusySilenceMax = TimeSpan.FromMilliseconds(500);

    /// <summary>Without a sign of life for so long, other nodes are asked first.</summary>
    private static readonly TimeSpan SuspectAfter = TimeSpan.FromSeconds(1);

    /// <summary>Ticks further apart than this tell that this process stood still, and that silence meanwhile proves nothing.</summary>
    private static readonly TimeSpan StandstillMin = TimeSpan.FromSeconds(1);

    private PendingRequest? _heartbeat;
    private long _lastTickTimestamp;
    private long _heartbeatTimestamp;
    private long _lastReadTimestamp;

    /// <summary>The node owes a sign of life: it may be frozen, or the network gone.</summary>
    public bool IsSuspect => Volatile.Read(ref _heartbeat) is not null && Since(ref _heartbeatTimestamp) > SuspectAfter;

    private TimeSpan Since(ref long timestamp) => _settings.Time.GetElapsedTime(Volatile.Read(ref timestamp));

    private void StartReading()
    {
        _reading = Task.Run(ReadAsync);
        _lastTickTimestamp = _settings.Time.GetTimestamp();
        _timer = _settings.Time.CreateTimer(static state => ((CqlConnection)state!).Tick(), this, TickInterval, TickInterval);
        if (!IsOpen)
            _timer.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _reader.ReadAsync(_closing.Token) is { } body)
            {
                Volatile.Write(ref _lastReadTimestamp, _settings.Time.GetTimestamp());
                Dispatch(body);
            }

            Fail(new CqlConnectionException($"{Endpoint} closed the connection."));
        }
        catch (CqlProtocolException exception)
        {
            Abort(exception);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException or System.Net.Sockets.SocketException)
        {
            Fail(new CqlConnectionException($"The connection to {Endpoint} was lost: {exception.Message}", exception));
        }
        finally
        {
            _reader.Dispose();
        }
    }

    private void Dispatch(ResponseBody body)
    {
        var header = body.Header;
        if (!header.IsResponse)
            throw new CqlProtocolException($"{header.Opcode} with a request's version byte came from the server.");

        if (header.StreamId == FrameHeader.EventStreamId)
        {
            using (body)
            {
                var reader = new BodyReader(body.Span);
                ResponsePrelude.Read(ref reader, header.Flags);
                _onEvent?.Invoke(EventResponse.Read(ref reader));
            }

            return;
        }

        PendingRequest? request;
        lock (_gate)
        {
            request = _streams.Remove(header.StreamId);
            if (request is { IsOrphan: true })
                _orphanCount--;
        }

        if (request is null)
        {
            body.Dispose();
            throw new CqlProtocolException($"{header.Opcode} came for stream {header.StreamId}, on which nothing was asked.");
        }

        if (request.IsHeartbeat)
            Volatile.Write(ref _heartbeat, null);
        else
            _places.Release();
        if (!request.TryAnswer(body))
            body.Dispose();
    }

    /// <summary>Looks at deadlines and silence. Runs on the clock's thread: it must fire however stuck the connection is.</summary>
    private void Tick()
    {
        var now = _settings.Time.GetTimestamp();
        if (Since(ref _lastTickTimestamp) > StandstillMin)
        {
            Volatile.Write(ref _lastReadTimestamp, now);
            Volatile.Write(ref _heartbeatTimestamp, now);
        }

        Volatile.Write(ref _lastTickTimestamp, now);
        int count;
        lock (_gate)
        {
            if (_failure is not null)
                return;
            count = _streams.Count;
            if (count > 0)
                FailOverdue(now);
        }

        if (_orphanCount > _settings.Options.OrphansMax)
        {
            Fail(new CqlConnectionException($"The connection to {Endpoint} was closed: {_orphanCount} requests got no answer in time."));
            return;
        }

        if (_heartbeat is not null)
        {
            if (Since(ref _lastReadTimestamp) > _settings.Options.HeartbeatTimeout && Since(ref _heartbeatTimestamp) > _settings.Options.HeartbeatTimeout)
                Fail(new CqlConnectionException($"The connection to {Endpoint} was closed: no sign of life in {_settings.Options.HeartbeatTimeout}."));
        }
        else if (Since(ref _lastReadTimestamp) > (count > 0 ? BusySilenceMax : _settings.Options.HeartbeatInterval))
        {
            SendHeartbeat();
        }
    }

    private void FailOverdue(long now)
    {
        foreach (var request in _streams.Requests)
        {
            if (request is null || request.IsOrphan || request.Deadline > now && !request.IsDecided)
                continue;

            // Decided by its caller's cancellation, or now by its deadline.
            request.TryFail(new CqlTimeoutException($"No answer to {request.Opcode} from {Endpoint} in time.") { Host = Endpoint });
            request.IsOrphan = true;
            _orphanCount++;
        }
    }

    private void SendHeartbeat()
    {
        try
        {
            Volatile.Write(ref _heartbeatTimestamp, _settings.Time.GetTimestamp());
            var heartbeat = Enqueue(default(OptionsRequest), default, long.MaxValue, isHeartbeat: true);
            Volatile.Write(ref _heartbeat, heartbeat);
            _ = DiscardAsync(heartbeat);
        }
        catch (CqlConnectionException)
        {
            // It has just failed, which is all that a heartbeat is to find out.
        }
    }

    private static async Task DiscardAsync(PendingRequest heartbeat)
    {
        try
        {
            (await heartbeat.Answer).Dispose();
        }
        catch (CqlException)
        {
            // Its failure is that of the connection, which everyone learns.
        }
    }
}
