using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using StockAspire.Feeds;
using StockAspire.Ingest.Publishing;
using StockAspire.Ingest.Sources;
using StockAspire.Market;
using StockAspire.Protos.V1;

namespace StockAspire.Ingest.Loads;

/// <summary>Runs one load from its record to its end.</summary>
internal sealed class LoadRunner(
    SessionRegistry sessions,
    SealIndex seals,
    SourceCatalog catalog,
    TickProducer producer,
    IOptions<IngestOptions> options,
    TimeProvider time,
    ILogger<LoadRunner> logger)
{
    private const int LoggedMax = 5;

    private static readonly TimeSpan CatchUpMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>Runs until the end of the file, a cancellation or a failure, and records which. On stop the record stays RUNNING.</summary>
    public async Task RunAsync(LoadRun run, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, run.Cancelled);
        using var span = StartSpan(run);
        try
        {
            await SendAsync(run, either.Token);
            await FinishAsync(run, LoadState.Done, string.Empty, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            IngestLog.LoadInterrupted(logger, run.Source, run.Accepted);
        }
        catch (OperationCanceledException) when (run.Cancelled.IsCancellationRequested)
        {
            await FinishAsync(run, LoadState.Cancelled, string.Empty, stop);
        }
        catch (IngestStoppingException)
        {
            IngestLog.LoadInterrupted(logger, run.Source, run.Accepted);
        }
        catch (Exception exception)
        {
            // Whatever it is, it ends this load alone, and its record says so.
            span?.SetStatus(ActivityStatusCode.Error, exception.Message);
            await FinishAsync(run, LoadState.Failed, exception.Message, stop);
        }
    }

    /// <summary>A load of a file is one trace; a run without end would be one without end, so there each chunk is its own.</summary>
    private static Activity? StartSpan(LoadRun run)
    {
        if (run.Spec.IsFileIdentity)
        {
            return IngestTelemetry.StartLoad(run.Source, run.Record.Path);
        }

        Activity.Current = null;
        return null;
    }

    private async Task SendAsync(LoadRun run, CancellationToken cancellationToken)
    {
        long sizeBytes;
        using (var file = run.OpenFile())
        {
            sizeBytes = file.SizeBytes;
        }

        var session = await OpenAsync(run, cancellationToken);
        try
        {
            using var closed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session.Closed);
            IngestLog.LoadBegins(logger, run.Source, run.Record.Path, session.Next);
            run.Begin(session.Next - 1, run.Again ? 0 : seals.Find(run.Source).Rejected, sizeBytes);
            var sender = new LoadSender(session, sessions.CreateEncoder(session), Activity.Current?.Context ?? default);
            await SendRowsAsync(run, sender, closed.Token);
        }
        catch (OperationCanceledException) when (session.ClosedBecause is { } because)
        {
            throw because;
        }
        finally
        {
            // What was sent is sealed also where the load ends early.
            session.Close();
            await session.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (session.ClosedBecause is { } reason)
        {
            throw reason;
        }
    }

    /// <summary>
    /// Whether a sampled run can be gone on with: after a longer pause, catching up would make ticks for a time in which the
    /// feed was not there.
    /// </summary>
    public bool IsRecent(SourceRecord record) =>
        time.NowNs() - SampleRows.EventTimeNs(record, seals.Find(record.Source).Last) <= UnixTime.FromTimeSpan(CatchUpMax);

    private async Task<SourceSession> OpenAsync(LoadRun run, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await sessions.OpenAsync(
                    new SessionRequest { Source = run.Source, Epoch = null, First = 1, Again = run.Again, Acknowledged = run.Acknowledge },
                    cancellationToken);
            }
            catch (KafkaException exception)
            {
                IngestLog.WaitingForKafka(logger, exception.Error.Reason, (long)RetryDelay.TotalMilliseconds);
            }

            await Task.Delay(RetryDelay, time, cancellationToken);
        }
    }

    private async Task SendRowsAsync(LoadRun run, LoadSender sender, CancellationToken cancellationToken)
    {
        if (run.Spec.Mode == LoadMode.Sample)
        {
            var table = await LoadTableAsync(run, sender.Next == 1, cancellationToken);
            await new SampleRows(run.Record, table, run, sender, time).SendAsync(cancellationToken);
            return;
        }

        RowPace pace = run.Spec.Mode == LoadMode.Replay
            ? new RowPace.Shifted(FirstTime(run), run.Record.BaseTimeNs, run.Spec.SpeedE9)
            : new RowPace.AtRate(run.Spec.Rate, time.NowNs());
        await new FileRows(run, sender, pace, UnixTime.FromTimeSpan(options.Value.MaxFutureSkew), time, logger).SendAsync(cancellationToken);
    }

    /// <summary>Event time of the file's first tick.</summary>
    private static long FirstTime(LoadRun run)
    {
        using var file = run.OpenFile();
        using var reader = FeedReader.Open(file, run.Spec.Mapping, run.Source);
        var batch = new FeedBatch();
        while (reader.Read(batch, 1))
        {
            if (batch.Ticks.Length > 0)
            {
                return batch.Ticks[0].EventTimeNs;
            }
        }

        reader.ThrowIfNoTick();
        return 0;
    }

    /// <summary>Rows that are no tick are drawn never; they become dead letters when the run begins.</summary>
    private async Task<FeedTable> LoadTableAsync(LoadRun run, bool isNew, CancellationToken cancellationToken)
    {
        using var file = run.OpenFile();
        using var reader = FeedReader.Open(file, run.Spec.Mapping, run.Source);
        List<StreamRecord> letters = [];
        var table = FeedTable.Load(reader, onRejects: rejects =>
        {
            foreach (var reject in rejects.Take(isNew ? rejects.Count : 0))
            {
                if (letters.Count < LoggedMax)
                {
                    IngestLog.RowRejected(logger, run.Record.Path, reject.ToString());
                }

                letters.Add(FileRows.LetterOf(run, reject, reject.Sequence).ToRecord());
            }
        });
        run.LeftOut(reader.RejectCount);
        await Task.WhenAll(letters.Select(letter => producer.WriteAsync(letter, cancellationToken)));
        return table;
    }

    private async Task FinishAsync(LoadRun run, LoadState state, string failure, CancellationToken stop)
    {
        var record = run.Record.Clone();
        record.State = state;
        record.Failure = failure;
        record.Accepted = run.Accepted;
        record.Rejected = run.Rejected;
        try
        {
            await catalog.WriteAsync(record, stop);
        }
        catch (OperationCanceledException)
        {
            // Stays RUNNING in the topic: after the restart it ends the same way again.
            return;
        }

        run.Record = record;
        if (state == LoadState.Failed)
        {
            IngestLog.LoadFailed(logger, run.Source, record.Path, failure);
        }
        else
        {
            IngestLog.LoadEnded(logger, run.Source, record.Path, state.ToString(), record.Accepted, record.Rejected);
        }
    }
}
