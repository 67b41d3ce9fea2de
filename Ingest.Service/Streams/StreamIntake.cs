using System.Diagnostics;
using StockAspire.Ingest.Publishing;
using StockAspire.Ingest.Sources;
using StockAspire.Market;
using StockAspire.Market.Blocks;
using StockAspire.Protos.V1;
using DeadLetter = StockAspire.Ingest.Publishing.DeadLetter;
using Tick = StockAspire.Market.Tick;
using TickBlock = StockAspire.Protos.V1.TickBlock;

namespace StockAspire.Ingest.Streams;

/// <summary>
/// Holds a client's rows against the sequence that is due: takes the next one, acknowledges unread what was sealed before
/// the session began, rejects what comes twice, and ends the stream at a gap, after what came before it. Not thread-safe.
/// </summary>
internal sealed class StreamIntake
{
    private static readonly TimeSpan ThrottleAfter = TimeSpan.FromSeconds(1);

    private readonly SourceSession _session;
    private readonly ChunkEncoder _encoder;
    private readonly StreamOutbox _outbox;
    private readonly TimeProvider _time;
    private readonly TickBlockReader _reader = new();
    private readonly bool _isAligned;
    private readonly ulong _sealedBefore;
    private ulong _due;

    public StreamIntake(SourceSession session, ChunkEncoder encoder, StreamOutbox outbox, TimeProvider time)
    {
        _session = session;
        _encoder = encoder;
        _outbox = outbox;
        _time = time;
        _due = _sealedBefore = session.Next;
        _isAligned = session.IsAligned;
    }

    /// <exception cref="TickBlockFormatException">The block is malformed; nothing of it was taken.</exception>
    /// <exception cref="SequenceGapException">A sequence was skipped; what came before it was taken.</exception>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: a row names another source; nothing of it was taken.</exception>
    public ValueTask TakeAsync(TickBlock block, CancellationToken cancellationToken)
    {
        _reader.Read(ProtoBlocks.Encode(block));
        return TakeAsync(_reader.TicksMemory, cancellationToken);
    }

    /// <inheritdoc cref="TakeAsync(TickBlock, CancellationToken)"/>
    public async ValueTask TakeAsync(ReadOnlyMemory<Tick> rows, CancellationToken cancellationToken)
    {
        CheckSources(rows.Span);
        await _outbox.WaitForRoomAsync(cancellationToken);
        SequenceGapException? gap = null;
        while (!rows.IsEmpty && gap is null)
        {
            rows = rows[Take(rows.Span, out gap)..];
            await FlushAsync(cancellationToken);
        }

        if (gap is not null)
        {
            throw gap;
        }
    }

    /// <summary>Takes rows that the client itself could not read.</summary>
    /// <exception cref="SequenceGapException">A sequence was skipped; what came before it was taken.</exception>
    public async ValueTask TakeAsync(ClientRejects rejects, string path, CancellationToken cancellationToken)
    {
        await _outbox.WaitForRoomAsync(cancellationToken);
        foreach (var row in rejects.Rows)
        {
            if (!IsDue(row.Sequence, out var gap))
            {
                if (gap is not null)
                {
                    await FlushAsync(cancellationToken);
                    throw gap;
                }

                continue;
            }

            var letter = new DeadLetter(_session.Source, row.Sequence, new TickFault(row.Field, row.Reason, string.Empty), row.Raw.Memory)
            {
                Line = (long)Math.Min(row.Line, long.MaxValue),
                Path = path,
            };
            _encoder.AddRefused(letter);
            _due = row.Sequence + 1;
            if (MustFlush())
            {
                await FlushAsync(cancellationToken);
            }
        }

        await FlushAsync(cancellationToken);
    }

    /// <summary>Takes rows until a chunk is full or a gap is met; returns how many were taken.</summary>
    private int Take(ReadOnlySpan<Tick> rows, out SequenceGapException? gap)
    {
        gap = null;
        for (var i = 0; i < rows.Length; i++)
        {
            ref readonly var row = ref rows[i];
            if (row.Revision > 0)
            {
                TakeCorrection(row);
            }
            else if (IsDue(row.Id.Sequence, out gap))
            {
                _encoder.Add(row);
                _due = row.Id.Sequence + 1;
            }
            else if (gap is not null)
            {
                return i;
            }

            if (MustFlush())
            {
                return i + 1;
            }
        }

        return rows.Length;
    }

    private bool IsDue(ulong sequence, out SequenceGapException? gap)
    {
        gap = null;
        if (sequence == _due)
        {
            return true;
        }

        if (sequence > _due)
        {
            gap = new SequenceGapException(_session.Source, _due, sequence);
        }
        else if (sequence < _sealedBefore)
        {
            _outbox.AcknowledgeAgain(_session.Next);
        }
        else
        {
            RejectSequence(sequence, $"expected {_due}, got {sequence}: it came twice");
        }

        return false;
    }

    private void TakeCorrection(in Tick row)
    {
        if (row.Id.Sequence < _due)
        {
            _encoder.Add(row);
        }
        else
        {
            RejectSequence(row.Id.Sequence, $"expected a sequence below {_due} for revision {row.Revision}, got {row.Id.Sequence}");
        }
    }

    private void RejectSequence(ulong sequence, string reason) =>
        _outbox.Reject(new Reject { Sequence = sequence, Field = "sequence", Reason = reason });

    private bool MustFlush() => _encoder.IsFull || (_isAligned && _encoder.Count > 0 && SessionSettings.IsBoundary(_due));

    private void CheckSources(ReadOnlySpan<Tick> rows)
    {
        foreach (ref readonly var row in rows)
        {
            var named = row.Id.Source;
            if (named.Length > 0 && !ReferenceEquals(named, _session.Source) && named != _session.Source)
            {
                throw IngestErrors.Invalid("block.sources", $"expected \"{_session.Source}\" (the stream's) or none, got \"{named}\"");
            }
        }
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_encoder.Build(Activity.Current?.Context ?? default) is not { } chunk)
        {
            return;
        }

        var sending = _session.SendAsync(chunk, cancellationToken);
        if (!sending.IsCompleted)
        {
            var waiting = sending.AsTask();
            if (await Task.WhenAny(waiting, Task.Delay(ThrottleAfter, _time, cancellationToken)) != waiting)
            {
                _outbox.Throttle(ThrottleAfter);
            }

            await waiting;
            return;
        }

        await sending;
    }
}
