using System.Diagnostics;
using StockAspire.Market;
using StockAspire.TickStore;

namespace StockAspire.Sink;

/// <summary>
/// Brings a batch to where it is kept: its rows into the store, what the store refuses and what is no tick into the
/// dead letters. Tries for ever while the store is away. Thread-safe; batches may overlap.
/// </summary>
internal sealed class BatchWriter(
    ITickStore store,
    IDeadLetterQueue deadLetters,
    SinkStatus status,
    SinkMetrics metrics,
    TimeProvider time,
    ILogger<BatchWriter> logger)
{
    /// <summary>When it returns, nothing of the batch is needed from Kafka again.</summary>
    /// <exception cref="OperationCanceledException">The partition was given up; parts may be written.</exception>
    /// <exception cref="TickStoreSchemaException">The store was changed beneath: a restart must look at it anew.</exception>
    public async Task WriteAsync(TickBatch batch, CancellationToken cancellationToken)
    {
        using var activity = SinkTelemetry.StartBatch(batch);
        var started = time.GetTimestamp();
        string? error = null;
        try
        {
            await StoreAsync(batch, batch.Rows, cancellationToken).ConfigureAwait(false);
            if (batch.DeadLetters.Count > 0)
            {
                await deadLetters.SendAsync(batch.DeadLetters, cancellationToken).ConfigureAwait(false);
                SinkLog.DeadLettered(logger, batch.DeadLetters.Count, batch.Partition.Partition.Value, batch.FirstOffset, batch.NextOffset);
            }
        }
        catch (Exception exception)
        {
            error = exception.GetType().FullName;
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message).SetTag("error.type", error);
            throw;
        }
        finally
        {
            metrics.BatchEnded(batch, time.GetElapsedTime(started), error);
        }
    }

    private async Task StoreAsync(TickBatch batch, ReadOnlyMemory<StoredTick> rows, CancellationToken cancellationToken)
    {
        if (rows.IsEmpty)
        {
            return;
        }

        var backoff = new Backoff(time);
        while (true)
        {
            try
            {
                await store.WriteAsync(rows, cancellationToken).ConfigureAwait(false);
                status.StoreAnswered();
                return;
            }
            catch (TickStoreRejectedException exception)
            {
                status.StoreAnswered();
                if (rows.Length == 1)
                {
                    Reject(batch, rows.Span[0], exception.Message);
                    return;
                }

                break;
            }
            catch (Exception exception) when (exception is not TickStoreSchemaException && !cancellationToken.IsCancellationRequested)
            {
                // An error that the adapter does not know is no licence to lose ticks: it waits like one that it knows.
                status.StoreFailed(exception);
                await backoff.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        // Halving finds n bad rows of a batch in some n log2(rows) writes; every write may be repeated.
        await StoreAsync(batch, rows[..(rows.Length / 2)], cancellationToken).ConfigureAwait(false);
        await StoreAsync(batch, rows[(rows.Length / 2)..], cancellationToken).ConfigureAwait(false);
    }

    private static void Reject(TickBatch batch, in StoredTick row, string reason) =>
        batch.DeadLetters.Add(DeadLetter.OfTick(
            row.Tick,
            new TickFault("tick", "a row that the store accepts", reason),
            batch.Partition,
            row.Position & ((1L << StoredTick.OffsetBits) - 1)));
}
