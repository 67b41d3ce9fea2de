using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Options;
using StockAspire.Ingest.Publishing;
using StockAspire.Market;
using StockAspire.Market.Seals;
using StockAspire.TickStream;

namespace StockAspire.Ingest.Sources;

/// <summary>
/// Opens sessions, one at a time for each source in this process, and ends the older where a newer begins, here or in
/// another process. Thread-safe.
/// </summary>
internal sealed class SessionRegistry
{
    private const int LockCount = 64;

    private readonly TickProducer _producer;
    private readonly SealIndex _seals;
    private readonly IngestOptions _options;
    private readonly KafkaOptions _kafka;
    private readonly IngestMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, SourceSession> _sessions = new(StringComparer.Ordinal);

    // Sources share locks: an opening waits for another source's at most as long as Kafka takes to answer.
    private readonly SemaphoreSlim[] _locks = [.. Enumerable.Range(0, LockCount).Select(_ => new SemaphoreSlim(1))];
    private volatile bool _draining;

    public SessionRegistry(
        TickProducer producer, SealIndex seals, IOptions<IngestOptions> options, IOptions<KafkaOptions> kafka, IngestMetrics metrics, TimeProvider time)
    {
        _producer = producer;
        _seals = seals;
        _options = options.Value;
        _kafka = kafka.Value;
        _metrics = metrics;
        _time = time;
        seals.EpochRaised += OnEpochRaised;
    }

    /// <summary>Opens a session after the source's seals, once everything sealed so far is known.</summary>
    /// <exception cref="SourceFencedException">A later life of the source is known.</exception>
    /// <exception cref="SequenceGapException">The first sequence leaves a gap after the last sealed one.</exception>
    /// <exception cref="IngestStoppingException">The service is stopping.</exception>
    public async Task<SourceSession> OpenAsync(SessionRequest request, CancellationToken cancellationToken)
    {
        var opening = _locks[(uint)string.GetHashCode(request.Source, StringComparison.Ordinal) % LockCount];
        await opening.WaitAsync(cancellationToken);
        try
        {
            await EndOlderAsync(request, cancellationToken);
            var state = default(SourceState);
            if (!request.Source.StartsWith(SourceName.SessionPrefix, StringComparison.Ordinal))
            {
                state = await AnnounceAsync(request, cancellationToken);
            }

            var session = new SourceSession(_producer, Settings(request, state), request.Acknowledged, _metrics, _time);
            _sessions[request.Source] = session;
            _ = session.Completion.ContinueWith(
                _ => _sessions.TryRemove(new(request.Source, session)),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);

            // Looked at after the session can be found, as draining looks for sessions after it has set this.
            if (_draining)
            {
                session.Close(new IngestStoppingException());
                throw new IngestStoppingException();
            }

            return session;
        }
        finally
        {
            opening.Release();
        }
    }

    /// <summary>An encoder for a session's chunks.</summary>
    public ChunkEncoder CreateEncoder(SourceSession session) => new(
        session.Source, session.Epoch, _kafka.TopicPartitions, UnixTime.FromTimeSpan(_options.MaxFutureSkew), _time);

    /// <summary>Closes all sessions, now and later, and waits until what they took in is acknowledged.</summary>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        _draining = true;
        var sessions = _sessions.Values.ToArray();
        foreach (var session in sessions)
        {
            session.Close(new IngestStoppingException());
        }

        await Task.WhenAll(sessions.Select(session => session.Completion)).WaitAsync(cancellationToken);
    }

    private async Task EndOlderAsync(SessionRequest request, CancellationToken cancellationToken)
    {
        if (_sessions.TryGetValue(request.Source, out var older))
        {
            var epoch = request.Epoch ?? older.Epoch;
            if (older.Epoch > epoch)
            {
                throw new SourceFencedException(request.Source, epoch, older.Epoch);
            }

            older.Close(new SourceFencedException(request.Source, older.Epoch, epoch));
            await older.Completion.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Checks the request against what is sealed and, where its epoch is new, tells all other processes so.</summary>
    private async Task<SourceState> AnnounceAsync(SessionRequest request, CancellationToken cancellationToken)
    {
        await _seals.CaughtUpAsync(cancellationToken);
        var state = Check(request);
        if (request.Epoch is not { } epoch || epoch <= state.Epoch)
        {
            return state;
        }

        var next = state.IsKnown ? state.Last + 1 : request.First;
        var opening = new SealBuilder(request.Source, epoch, next).Build(_time.NowNs());
        await _producer.WriteAsync(
            new StreamRecord(Topics.Seals, Encoding.UTF8.GetBytes(opening.Key), SealCodec.Encode(opening)), cancellationToken);

        // An older life may have sealed more until it saw this.
        await _seals.CaughtUpAsync(cancellationToken);
        return Check(request);
    }

    private SourceState Check(SessionRequest request)
    {
        var state = _seals.Find(request.Source);
        if (request.Epoch is { } epoch && epoch < state.Epoch)
        {
            throw new SourceFencedException(request.Source, epoch, state.Epoch);
        }

        if (state.IsKnown && request.First > state.Last + 1)
        {
            throw new SequenceGapException(request.Source, state.Last + 1, request.First);
        }

        return state;
    }

    private SessionSettings Settings(SessionRequest request, SourceState state)
    {
        var isAligned = request.Source.StartsWith(SourceName.CsvPrefix, StringComparison.Ordinal);
        var next = state.IsKnown && !request.Again ? state.Last + 1 : request.First;
        var epoch = request.Epoch ?? state.Epoch;
        var grows = !request.Again && state.Newest is { } newest && newest.Epoch == epoch &&
            (isAligned ? !SessionSettings.IsBoundary(next) : newest.SequenceCount < (ulong)_options.AckTicks);
        return new SessionSettings
        {
            Source = request.Source,
            Epoch = epoch,
            Next = next,
            IsKnown = state.IsKnown,
            Unfinished = grows ? state.Newest : null,
            IsAligned = isAligned,
            SealedThrough = state.Last,
            InFlightMax = _options.MaxInFlightTicksPerStream,
            AckInterval = _options.AckInterval,
            AckTicks = _options.AckTicks,
        };
    }

    private void OnEpochRaised(string source, ulong epoch)
    {
        if (_sessions.TryGetValue(source, out var session) && session.Epoch < epoch)
        {
            session.Abandon(new SourceFencedException(source, session.Epoch, epoch));
        }
    }
}
