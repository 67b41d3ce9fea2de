using StockAspire.Feeds;
using StockAspire.Ingest.Publishing;
using StockAspire.Market;

namespace StockAspire.Ingest.Loads;

/// <summary>Sends a file's rows in its order, once or again and again, from the sequence that is due.</summary>
internal sealed class FileRows(LoadRun run, LoadSender sender, RowPace pace, long maxFutureSkewNs, TimeProvider time, ILogger logger)
{
    private const int LoggedMax = 5;

    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(1);

    private readonly FeedBatch _batch = new();
    private int _logged;

    // Sequences that earlier passes over the file took.
    private ulong _offset;
    private ulong _ticks;

    // Time of the row that waits: a pace is asked for each row once.
    private (long EventTimeNs, long DueNs)? _held;

    /// <exception cref="FeedException">The file cannot be read on, or holds nothing but errors.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, or the session was closed.</exception>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        // Nothing of a file that was begun before can be said to be all errors: its ticks may have been read then.
        _ticks = run.Accepted;
        do
        {
            using var file = run.OpenFile();
            using var reader = FeedReader.Open(file, run.Spec.Mapping, run.Source);
            await SendPassAsync(reader, cancellationToken);
            await sender.FlushAsync(cancellationToken);
            if (_ticks == 0)
            {
                reader.ThrowIfNoTick();
            }

            _offset += reader.NextSequence - 1;
            pace.BeginAgain();
        }
        while (run.Spec.Loop);
    }

    private async Task SendPassAsync(FeedReader reader, CancellationToken cancellationToken)
    {
        if (run.Spec.SpeedE9 == 0)
        {
            reader.SkipTo(sender.Next - Math.Min(_offset, sender.Next));
        }

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            reader.EventTimeMaxNs = run.Spec.IsFileIdentity ? time.NowNs() + maxFutureSkewNs : long.MaxValue;
            if (!reader.Read(_batch))
            {
                return;
            }

            var (tick, reject) = (0, 0);
            while (tick < _batch.Ticks.Length || reject < _batch.Rejects.Count)
            {
                var waitUntil = Fill(ref tick, ref reject, reader);
                if (waitUntil is not null || sender.MustFlush)
                {
                    await sender.FlushAsync(cancellationToken);
                }

                if (waitUntil is { } dueNs)
                {
                    await WaitAsync(dueNs, cancellationToken);
                }
            }

            run.RowsRead((ulong)_batch.RowCount, reader.ReadBytes);
        }
    }

    /// <summary>Adds rows of the batch, in the order of their sequences, until a chunk is full or the next is not due yet.</summary>
    private long? Fill(ref int tick, ref int reject, FeedReader reader)
    {
        var ticks = _batch.Ticks;
        var rejects = _batch.Rejects;
        while ((tick < ticks.Length || reject < rejects.Count) && !sender.MustFlush)
        {
            if (reject < rejects.Count && (tick == ticks.Length || rejects[reject].Sequence < ticks[tick].Id.Sequence))
            {
                Refuse(rejects[reject++]);
                continue;
            }

            ref readonly var row = ref ticks[tick];
            var (eventTimeNs, dueNs) = _held ?? pace.Next(row);
            if (dueNs > long.MinValue && dueNs > time.NowNs() && row.Id.Sequence + _offset >= sender.Next)
            {
                _held = (eventTimeNs, dueNs);
                return dueNs;
            }

            _held = null;
            tick++;
            var sequence = row.Id.Sequence + _offset;
            if (sequence < sender.Next)
            {
                // Sealed before a restart.
                continue;
            }

            _ticks++;
            sender.Add(run.Spec.IsFileIdentity ? row : row with { Id = new TickId(run.Source, sequence), EventTimeNs = eventTimeNs });
        }

        return null;
    }

    private void Refuse(RowReject reject)
    {
        var sequence = reject.Sequence + _offset;
        if (sequence < sender.Next)
        {
            return;
        }

        if (_logged++ < LoggedMax)
        {
            IngestLog.RowRejected(logger, run.Record.Path, reject.ToString());
        }

        sender.AddRefused(LetterOf(run, reject, sequence));
    }

    public static DeadLetter LetterOf(LoadRun run, RowReject reject, ulong sequence) => new(run.Source, sequence, reject.Fault, reject.Raw)
    {
        Line = reject.Line,
        Path = reject.Entry.Length == 0 ? run.Record.Path : $"{run.Record.Path}/{reject.Entry}",
    };

    private async Task WaitAsync(long dueNs, CancellationToken cancellationToken)
    {
        // A clock that is coarser than the rows would be asked for each of them.
        var wait = TimeSpan.FromTicks(Math.Max((dueNs - time.NowNs()) / UnixTime.NsPerTimeSpanTick, TimeSpan.TicksPerMillisecond));
        await Task.Delay(wait < WaitMax ? wait : WaitMax, time, cancellationToken);
    }
}
