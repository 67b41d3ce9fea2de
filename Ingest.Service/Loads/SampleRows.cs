using StockAspire.Feeds;
using StockAspire.Market;
using StockAspire.Protos.V1;
using TickId = StockAspire.Market.TickId;

namespace StockAspire.Ingest.Loads;

/// <summary>
/// Sends a random row every interval. Row and event time are a function of the run's record and the sequence alone, so that
/// a tick that is drawn again after a crash is the same tick.
/// </summary>
internal sealed class SampleRows(SourceRecord record, FeedTable table, LoadRun run, LoadSender sender, TimeProvider time)
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(1);

    /// <summary>Event time of a draw, ns since the Unix epoch.</summary>
    public static long EventTimeNs(SourceRecord record, ulong sequence) => checked(record.BaseTimeNs + ((long)sequence * record.IntervalNs));

    /// <summary>Never ends by itself.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, or the session was closed.</exception>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var nowNs = time.NowNs();
            var drawn = 0UL;
            for (; EventTimeNs(record, sender.Next) <= nowNs && !sender.MustFlush; drawn++)
            {
                var id = new TickId(record.Source, sender.Next);
                sender.Add(table.Draw(record.Seed, id, EventTimeNs(record, id.Sequence)));
            }

            await sender.FlushAsync(cancellationToken);
            run.RowsRead(drawn, 0);
            var wait = TimeSpan.FromTicks((EventTimeNs(record, sender.Next) - time.NowNs()) / UnixTime.NsPerTimeSpanTick);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait < WaitMax ? wait : WaitMax, time, cancellationToken);
            }
        }
    }
}
